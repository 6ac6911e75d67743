import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTestProducer,
  keyEntry,
  keysFile,
  noon,
  pepe,
  type Signing,
  signed,
  type TestProducer,
} from '../support/producer.ts';

const secret = 'trk_signing-secret-of-the-shop-0123456789abc';
const other = 'trk_another-secret-of-somebody-0123456789abc';
const target = `/api/v1/tokens/${pepe}/view?chain=eth`;
let producer: TestProducer;
beforeAll(async () => {
  const vault = keyEntry('vault', secret, { signedOnly: true });
  const { secrets } = vault as { secrets: object[] };
  const [second] = (keyEntry('x', other) as { secrets: object[] }).secrets;
  const keys = [
    vault,
    keyEntry('two', 'trk_unused', { secrets: [...secrets, second] }),
    keyEntry('mute', 'trk_mute', { secrets: [{ ...second, signingKey: undefined }] }),
    keyEntry('reader', 'trk_reader', { scopes: ['admin'] }),
  ];
  producer = await createTestProducer({ env: { API_KEYS_FILE: keysFile(keys) } });
});
afterAll(() => producer.stop());
const stored = () => producer.views().length;

const body = '{"viewer":"v1","viewedAt":1741089000000}';
const sign = (rest: Partial<Signing> = {}) =>
  signed({ key: 'vault', secret, target, body, at: producer.clock.now(), ...rest });
interface Sent {
  readonly url?: string;
  readonly payload?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const send = (authorization: string, { headers, ...rest }: Sent = {}) =>
  producer.app.inject({
    method: 'POST',
    url: target,
    payload: body,
    ...rest,
    headers: { authorization, 'content-type': 'application/json', ...headers },
  });
const verdict = (answer: Awaited<ReturnType<typeof send>>) => [
  answer.statusCode,
  answer.json().type?.split('#')[1],
];
const refused = [401, 'signature-invalid'];

describe('a signed request', () => {
  test('is its key’s: what it says of time and viewer is believed', async () => {
    expect((await send(sign())).statusCode).toBe(202);
    expect(producer.views().at(-1)).toMatchObject({ viewedAt: 1_741_089_000_000, source: 'api' });
  });
  test('may be signed with either of two secrets', async () => {
    for (const each of [secret, other])
      expect((await send(sign({ key: 'two', secret: each }))).statusCode).toBe(202);
  });
  test('without a body signs the digest of nothing', async () => {
    const authorization = sign({ body: '' });
    const answer = await producer.app.inject({
      method: 'POST',
      url: target,
      headers: { authorization },
    });
    expect(answer.statusCode).toBe(202);
  });
  test.each([
    ['another path', { url: target.replace(pepe, '0x2') }],
    ['another query', { url: target.replace('eth', 'bsc') }],
    ['another order of the query', { url: `${target}&source=web` }],
    ['another body', { payload: body.replace('v1', 'v2') }],
    ['no body', { payload: '' }],
    ['another Idempotency-Key', { headers: { 'idempotency-key': 'order-1' } }],
  ])('with %s than was signed is refused, and nothing is stored', async (_what, rest) => {
    const before = stored();
    expect(verdict(await send(sign(), rest))).toEqual(refused);
    expect(stored()).toBe(before);
  });
  test('is bound to its Idempotency-Key: a replay elsewhere must give the same event ids', async () => {
    const before = stored();
    const one = () => sign({ idempotencyKey: 'order-1' });
    expect(verdict(await send(one(), { headers: { 'idempotency-key': 'order-2' } }))).toEqual(
      refused,
    );
    expect(verdict(await send(one()))).toEqual(refused);
    expect(stored()).toBe(before);
    const answer = await send(one(), { headers: { 'idempotency-key': 'order-1' } });
    expect(answer.statusCode).toBe(202);
  });
  test.each<[string, Partial<Signing>]>([
    ['another method', { method: 'PUT' }],
    ['a wrong secret', { secret: other }],
    ['an unknown key', { key: 'nobody' }],
    ['a key that cannot sign', { key: 'mute', secret: other }],
    ['a key of the environment, of which only the hash is known', { key: 'shop', secret }],
    ['a time six minutes ago', { at: noon - 360_000 }],
    ['a time six minutes ahead', { at: noon + 360_000 }],
  ])('with %s is refused', async (_what, rest) => {
    const before = stored();
    const answer = await send(sign(rest));
    expect(verdict(answer)).toEqual(refused);
    expect(answer.headers['www-authenticate']).toContain('Trending-HMAC-SHA256');
    expect(stored()).toBe(before);
  });
  test('from an unknown key and with a wrong signature get the same answer', async () => {
    const [a, b] = [await send(sign({ key: 'nobody' })), await send(sign({ secret: other }))];
    expect(a.json()).toEqual(b.json());
  });
  test('cannot be sent again, for as long as its time is good', async () => {
    const before = stored();
    const authorization = sign({ at: noon + 300_000 });
    expect((await send(authorization)).statusCode).toBe(202);
    for (const ms of [0, 300_000, 300_000]) {
      producer.clock.advance(ms);
      const again = await send(authorization);
      expect(verdict(again)).toEqual(refused);
      expect(again.json().detail).toContain('nonce');
    }
    producer.clock.advance(1_000);
    expect((await send(authorization)).json().detail).toContain('5 minutes');
    expect(stored()).toBe(before + 1);
  });
  test('that another copy of the service has seen gives the same event id there', async () => {
    const nonce = 'a-nonce-of-my-own-1';
    const first = await send(sign({ nonce }));
    const copy = await createTestProducer({
      env: { API_KEYS_FILE: keysFile([keyEntry('vault', secret)]) },
    });
    const second = await copy.app.inject({
      method: 'POST',
      url: target,
      payload: body,
      headers: { authorization: sign({ nonce, at: noon }), 'content-type': 'application/json' },
    });
    expect(second.json().eventId).toBe(first.json().eventId);
    await copy.stop();
  });
  test('does not use up its nonce with a wrong signature', async () => {
    const nonce = 'a-nonce-of-my-own-2';
    expect(verdict(await send(sign({ nonce, secret: other })))).toEqual(refused);
    expect((await send(sign({ nonce }))).statusCode).toBe(202);
  });
  test('is held to the scopes of its key', async () => {
    const authorization = sign({ key: 'reader', secret: 'trk_reader' });
    expect(verdict(await send(authorization))).toEqual([403, 'scope-missing']);
  });
  test('with a body that is too large is refused before it is read whole', async () => {
    const large = `{"viewer":"${'a'.repeat(17_000)}"}`;
    const answer = await send(sign({ body: large }), { payload: large });
    expect(verdict(answer)).toEqual([413, 'body-too-large']);
  });
  test('with broken JSON is refused as such only when it was signed', async () => {
    const broken = '{"viewer":';
    expect(verdict(await send(sign({ body: broken }), { payload: broken }))).toEqual([
      400,
      'malformed-json',
    ]);
    expect(verdict(await send(sign(), { payload: broken }))).toEqual(refused);
  });
  test('of a batch is checked the same way', async () => {
    const url = '/api/v1/views';
    const payload = JSON.stringify([{ address: pepe }, { address: pepe }]);
    const answer = await send(sign({ target: url, body: payload }), { url, payload });
    expect(answer.json()).toMatchObject({ accepted: 2 });
  });
});

describe('a key that only signs', () => {
  test('is refused as a bearer, and it is said why', async () => {
    const answer = await send(`Bearer ${secret}`);
    expect(verdict(answer)).toEqual([401, 'signature-needed']);
    expect(answer.body).not.toContain(secret);
  });
});

test('refused keys and signatures count against the address that sends them', async () => {
  await producer.stop();
  producer = await createTestProducer({ env: { RATE_LIMIT_PER_MINUTE: '3' } });
  const statuses: number[] = [];
  for (const header of ['Bearer a', sign(), 'Bearer b', 'Bearer c', sign()])
    statuses.push((await send(header)).statusCode);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
});
