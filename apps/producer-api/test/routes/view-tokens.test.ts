import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openToken } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../../src/access.ts';
import { loadConfig } from '../../src/config.ts';
import {
  createTestProducer,
  keyEntry,
  keys,
  keysFile,
  noon,
  pepe,
  type TestProducer,
} from '../support/producer.ts';

const origin = 'https://shop.example';
const view = `/api/v1/tokens/${pepe}/view?chain=eth`;
let producer: TestProducer;
const start = async (env: Readonly<Record<string, string>> = {}) => {
  producer = await createTestProducer({ env: { ALLOWED_ORIGINS: origin, ...env } });
};
beforeAll(() => start({ VIEW_TOKENS_REQUIRED: 'true' }));
afterAll(() => producer.stop());
/** The same with other settings, for the rest of a test. */
const restart = async (env: Readonly<Record<string, string>> = {}) => {
  await producer.stop();
  await start(env);
};

const ask = (payload: object, headers: Readonly<Record<string, string>> = keys.publisher) =>
  producer.app.inject({ method: 'POST', url: '/api/v1/view-tokens', headers, payload });
const tokenFor = async (payload: object = {}): Promise<string> => {
  const answer = await ask({ origin, ...payload });
  expect(answer.statusCode).toBe(201);
  return answer.json().token;
};
interface Page {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
  readonly payload?: object;
}
const send = (token: string | undefined, page: Page = {}) =>
  producer.app.inject({
    method: 'POST',
    url: view,
    ...page,
    headers: {
      origin,
      ...(token === undefined ? {} : { 'x-trending-view-token': token }),
      ...page.headers,
    },
  });
const verdict = (answer: Awaited<ReturnType<typeof send>>) => [
  answer.statusCode,
  answer.json().type?.split('#')[1],
];
const invalid = [401, 'view-token-invalid'];

describe('asking for a view token', () => {
  test('needs a publishing key', async () => {
    expect((await ask({ origin }, {})).statusCode).toBe(401);
    expect((await ask({ origin }, keys.admin)).statusCode).toBe(403);
  });
  test('is answered with its end, five minutes away or as asked, and never cached', async () => {
    const answer = await ask({ origin });
    expect(answer.json().expiresAt).toBe(new Date(producer.clock.now() + 300_000).toISOString());
    expect(answer.headers['cache-control']).toBe('no-store');
    const short = await ask({ origin, ttlSeconds: 30 });
    expect(short.json().expiresAt).toBe(new Date(producer.clock.now() + 30_000).toISOString());
  });
  test.each([
    [{ origin: 'https://evil.example' }, 403, 'origin-not-allowed'],
    [{ origin: 'shop.example' }, 400, 'validation'],
    [{ origin: 'https://shop.example/path' }, 400, 'validation'],
    [{ origin, ttlSeconds: 901 }, 400, 'validation'],
    [{ origin, address: '0x2' }, 422, 'chain-required'],
    [{ origin, network: 'everywhere' }, 422, 'network-invalid'],
    [{}, 400, 'validation'],
  ])('%j is %d %s', async (payload, status, code) => {
    expect(verdict(await ask(payload))).toEqual([status, code]);
  });
  test('costs a view of the key’s quota', async () => {
    await restart({
      VIEW_TOKENS_REQUIRED: 'true',
      API_KEYS_FILE: keysFile([keyEntry('s', 'trk_s', { viewsPerMinute: 1 })]),
    });
    const headers = { authorization: 'Bearer trk_s' };
    expect((await ask({ origin }, headers)).statusCode).toBe(201);
    expect((await ask({ origin }, headers)).statusCode).toBe(429);
  });
});

describe('where view tokens are required', () => {
  test('a page publishes with one, and stays anonymous', async () => {
    const answer = await send(await tokenFor(), { payload: { viewedAt: noon - 1, viewer: 'v' } });
    expect(answer.statusCode).toBe(202);
    expect(producer.views()).toMatchObject([{ viewedAt: noon, source: 'web' }]);
  });
  test('a view without one is refused, one with a key is not', async () => {
    expect(verdict(await send(undefined))).toEqual([401, 'view-token-required']);
    expect((await send(undefined, { headers: keys.publisher })).statusCode).toBe(202);
  });
  test('one that has ended, or is of another page, is refused', async () => {
    const token = await tokenFor();
    expect(verdict(await send(token, { headers: { origin: 'https://evil.example' } }))).toEqual([
      403,
      'origin-not-allowed',
    ]);
    const scripted = await producer.app.inject({
      method: 'POST',
      url: view,
      headers: { 'x-trending-view-token': token },
    });
    expect(verdict(scripted)).toEqual(invalid);
    producer.clock.advance(299_999);
    expect((await send(token)).statusCode).toBe(202);
    producer.clock.advance(1);
    expect(verdict(await send(token))).toEqual(invalid);
  });
  test('one for a network is refused from another', async () => {
    const token = await tokenFor({ network: '203.0.113.7' });
    expect((await send(token, { remoteAddress: '203.0.113.200' })).statusCode).toBe(202);
    expect(verdict(await send(token, { remoteAddress: '198.51.100.7' }))).toEqual(invalid);
  });
  test('one for a token is refused for another, item by item in a batch', async () => {
    const token = await tokenFor({ address: pepe, chain: 'ethereum' });
    expect((await send(token)).statusCode).toBe(202);
    const other = await send(token, { url: view.replace('eth', 'bsc') });
    expect(verdict(other)).toEqual([403, 'view-token-mismatch']);
    const batch = await send(token, {
      url: '/api/v1/views',
      payload: [{ address: pepe }, { address: pepe, chain: 'bsc' }],
    });
    expect(batch.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
    expect(batch.json().rejected[0].problem.status).toBe(403);
  });
  test.each([
    ['nothing', ''],
    ['a made-up one', 'v1.eyJhIjoxfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['a very long one', `v1.${'A'.repeat(4_000)}.${'A'.repeat(43)}`],
  ])('%s is refused', async (_what, token) => expect(verdict(await send(token))).toEqual(invalid));
  test('one with any character changed is refused', async () => {
    const token = await tokenFor();
    const changed = (at: number) =>
      token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    // The last character carries bits that base64 leaves unused.
    for (let at = 0; at < token.length - 1; at += 7)
      expect(verdict(await send(changed(at)))).toEqual(invalid);
  });
});

describe('where they are not required', () => {
  test('a view without one counts, and one with a bad one is still refused', async () => {
    await restart();
    expect((await send(undefined)).statusCode).toBe(202);
    expect(verdict(await send('v1.x.y'))).toEqual(invalid);
  });
});

describe('the secrets of view tokens', () => {
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
  const claims = { expiresAt: 1, key: 'shop', origin };
  const access = (secret: string, listed = '') =>
    createAccess({
      config: loadConfig({ VIEW_TOKEN_SECRETS: listed }),
      logger: createLogger({ service: 'test', level: 'silent' }),
      clock: producer.clock,
      secret,
    }).tokens;
  test('may be replaced one after the other without refusing a page', () => {
    const [before, between, after] = [a, `${b},${a}`, b].map((listed) => access('x', listed));
    const [old, young] = [before?.sign(claims) ?? '', between?.sign(claims) ?? ''];
    expect(between?.read(old)).toEqual(claims);
    expect(after?.read(young)).toEqual(claims);
    expect(after?.read(old)).toBeUndefined();
  });
  test.each([['short'], [`${a},${b},${c}`]])('%s is refused at the start', (listed) => {
    expect(() => access('x', listed)).toThrow('VIEW_TOKEN_SECRETS');
  });
  test('come from HASH_SECRET when there are none, so that copies agree', () => {
    const token = access('of all copies').sign(claims);
    expect(access('of all copies').read(token)).toEqual(claims);
    expect(access('another').read(token)).toBeUndefined();
    expect(access('of all copies', a).read(token)).toBeUndefined();
  });
});

test('the secrets of a file may be replaced while the service runs, and a bad file changes nothing', async () => {
  const [old = '', young = ''] = ['o', 'y'].map((letter) => letter.repeat(32));
  const file = join(mkdtempSync(join(tmpdir(), 'trending-secrets-')), 'secrets');
  writeFileSync(file, old);
  await restart({ VIEW_TOKEN_SECRETS_FILE: file });
  const ready = async () => (await producer.app.inject('/readyz?verbose')).body;
  const first = await tokenFor();
  expect((await send(first)).statusCode).toBe(202);

  writeFileSync(file, `${young}\nshort`);
  await until({ timeoutMs: 10_000, what: 'a word about the bad file' }, async () =>
    (await ready()).includes('[!]view-token-secrets') ? true : undefined,
  );
  expect(await ready()).not.toMatch(/short\b|yyy/);
  expect((await send(first)).statusCode).toBe(202);

  writeFileSync(file, `${young}\n${old}\n`);
  await until({ timeoutMs: 10_000, what: 'the file to be valid again' }, async () =>
    (await ready()).includes('[+]view-token-secrets ok') ? true : undefined,
  );
  const second = await tokenFor();
  expect(openToken(second, [young])).toBeDefined();
  expect((await send(first)).statusCode).toBe(202);

  writeFileSync(file, young);
  const answer = await until({ timeoutMs: 10_000, what: 'the end of the old secret' }, async () => {
    const again = await send(first);
    return again.statusCode === 202 ? undefined : again;
  });
  expect(verdict(answer)).toEqual(invalid);
  expect((await send(second)).statusCode).toBe(202);
  rmSync(file);
});

test('a view token ends with the key that asked for it', async () => {
  const file = keysFile([keyEntry('gone', 'trk_gone'), keyEntry('stays', 'trk_stays')]);
  await restart({ API_KEYS_FILE: file });
  const token = (await ask({ origin }, { authorization: 'Bearer trk_gone' })).json().token;
  expect((await send(token)).statusCode).toBe(202);
  writeFileSync(file, JSON.stringify({ version: 1, keys: [keyEntry('stays', 'trk_stays')] }));
  const answer = await until({ timeoutMs: 5_000, what: 'the end of the key' }, async () => {
    const again = await send(token);
    return again.statusCode === 202 ? undefined : again;
  });
  expect(verdict(answer)).toEqual(invalid);
  rmSync(file);
});
