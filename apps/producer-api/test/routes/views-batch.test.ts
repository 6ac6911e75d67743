import { partitionOf } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createTestProducer,
  keys,
  noon,
  partitions,
  pepe,
  type TestProducer,
} from '../support/producer.ts';

let producer: TestProducer;
beforeEach(async () => {
  producer = await createTestProducer();
});
afterEach(() => producer.stop());

const bonk = 'DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263';
const id = '01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e7f';
const retriable = new AppError({ code: 'APPEND_FAILED', message: 'no leader', retriable: true });

const post = (payload: unknown, headers: Readonly<Record<string, string>> = {}) =>
  producer.app.inject({
    method: 'POST',
    url: '/api/v1/views',
    headers: { 'content-type': 'application/json', ...keys.publisher, ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const ndjson = { 'content-type': 'application/x-ndjson' };
const codes = (answer: Awaited<ReturnType<typeof post>>) =>
  answer
    .json()
    .rejected.map((item: { index: number; problem: { type: string } }) => [
      item.index,
      item.problem.type.split('#')[1],
    ]);
/** An address on another chain whose key falls into a partition other than `than`. */
const elsewhere = (than: number): string => {
  for (let i = 0; ; i += 1) {
    const address = `0x${i.toString(16).padStart(40, '0')}`;
    if (partitionOf(`eth:${address}`, partitions) !== than) return address;
  }
};

describe('a batch', () => {
  test('is taken as an array, and appended with one append per partition', async () => {
    let appends = 0;
    producer.log.onAppend(() => {
      appends += 1;
      return undefined;
    });
    const answer = await post([
      { address: pepe },
      { address: bonk },
      { address: pepe, chain: 'bsc' },
      { address: pepe },
    ]);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ accepted: 4, duplicate: 0, filtered: 0, rejected: [] });
    const used = new Set(producer.log.records('token.views.v1').map(({ partition }) => partition));
    expect(appends).toBe(used.size);
  });

  test('is taken as NDJSON with blank lines and any line end', async () => {
    const body = `{"address":"${pepe}"}\r\n\n{"address":"${bonk}"}\n`;
    expect((await post(body, ndjson)).json()).toMatchObject({ accepted: 2, rejected: [] });
  });

  test('of NDJSON names a bad line by its number in the body', async () => {
    const body = `\n{"address":"${pepe}"}\n\n{"address":"bad"}\nno JSON\n`;
    const answer = await post(body, ndjson);
    expect(answer.json()).toMatchObject({ accepted: 1 });
    expect(codes(answer)).toEqual([
      [3, 'chain-required'],
      [4, 'malformed-json'],
    ]);
  });

  test('with bad items of every kind keeps the good ones, each bad one with its reason', async () => {
    const items = [
      { address: pepe },
      { address: '0x52908400098527886E0F7030069857D2E4169Ee7' },
      { address: pepe, chain: 'sol' },
      { address: '0x2' },
      { chain: 'eth' },
      { address: pepe, viewedAt: noon + 3_600_000 },
      { address: pepe, viewedAt: 'yesterday' },
      { address: pepe, surprise: 1 },
      'text',
      null,
      { address: pepe, chain: 'a b' },
      { address: '__proto__', chain: 'cosmos' },
    ];
    const answer = await post(items);
    expect(answer.json()).toMatchObject({ accepted: 2 });
    expect(codes(answer)).toEqual([
      [1, 'address-checksum'],
      [2, 'address-invalid'],
      [3, 'chain-required'],
      [4, 'validation'],
      [5, 'viewed-at-in-future'],
      [6, 'viewed-at-invalid'],
      [7, 'validation'],
      [8, 'validation'],
      [9, 'validation'],
      [10, 'chain-invalid'],
    ]);
    expect(answer.json().rejected[0].problem.errors[0].pointer).toBe('body/1/address');
    expect(
      producer
        .views()
        .map(({ token }) => token)
        .sort(),
    ).toEqual(['cosmos:__proto__', `eth:${pepe}`]);
  });

  test('of NDJSON loses only the line that is not JSON or carries __proto__', async () => {
    const body = `{"address":"${pepe}"}\n{"address":\n{"address":"${pepe}","__proto__":{"x":1}}\n[1`;
    const answer = await post(body, ndjson);
    expect(answer.json()).toMatchObject({ accepted: 1 });
    expect(codes(answer)).toEqual([1, 2, 3].map((index) => [index, 'malformed-json']));
  });

  test('counts repeats inside itself and of earlier calls as duplicates, and abuse as rejected', async () => {
    const first = await post([
      { address: pepe, eventId: id },
      { address: pepe, eventId: id },
      { address: bonk, eventId: id },
    ]);
    expect(first.json()).toMatchObject({ accepted: 1, duplicate: 1 });
    expect(codes(first)).toEqual([[2, 'event-id-conflict']]);
    expect((await post([{ address: pepe, eventId: id }])).json()).toMatchObject({
      accepted: 0,
      duplicate: 1,
    });
    expect(producer.views()).toHaveLength(1);
  });

  test('is idempotent as a whole by Idempotency-Key', async () => {
    const batch = [{ address: pepe }, { address: pepe }];
    const headers = { 'idempotency-key': 'page-7' };
    expect((await post(batch, headers)).json()).toMatchObject({ accepted: 2 });
    expect((await post(batch, headers)).json()).toMatchObject({ accepted: 0, duplicate: 2 });
    expect(producer.views()).toHaveLength(2);
  });

  test('splits into live and backfill', async () => {
    const day = 86_400_000;
    const answer = await post(
      [{ address: pepe, viewedAt: noon - 400 * day }, { address: pepe }],
      keys.backfiller,
    );
    expect(answer.json()).toMatchObject({ accepted: 2 });
    expect(producer.views()).toHaveLength(1);
    expect(producer.backfilled()).toHaveLength(1);
  });
});

describe('when brokers fail for some partitions', () => {
  const broken = partitionOf(`eth:${pepe}`, partitions);

  test('only the views of those are rejected, with the id to send them again', async () => {
    producer.log.onAppend(({ partition }) =>
      partition === broken ? { error: retriable, landed: false } : undefined,
    );
    const other = elsewhere(broken);
    const batch = [
      { address: pepe, eventId: id },
      { address: other },
      { address: pepe, eventId: id },
    ];
    const answer = await post(batch);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(codes(answer)).toEqual([
      [0, 'unavailable'],
      [2, 'unavailable'],
    ]);
    expect(answer.json().rejected[0].problem).toMatchObject({ status: 503, eventId: id });
    producer.log.onAppend(undefined);
    expect((await post([{ address: pepe, eventId: id }])).json()).toMatchObject({ accepted: 1 });
  });

  test('nothing stored is 503 for the whole', async () => {
    producer.log.onAppend(() => ({ error: retriable, landed: false }));
    const answer = await post([{ address: pepe }, { address: 'bad' }, { address: bonk }]);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json().detail).toContain('same event ids or Idempotency-Key');
    expect((await producer.app.inject('/readyz?verbose')).body).toContain(
      `[-]appends: the last append failed: ${retriable.message}`,
    );
    producer.log.onAppend(undefined);
    await post([{ address: pepe }]);
    expect((await producer.app.inject('/readyz')).statusCode).toBe(200);
  });
});

describe('a batch is refused as a whole', () => {
  test.each([
    ['an empty array', '[]', 400, 'validation'],
    ['no array', '{"address":"x"}', 400, 'validation'],
    ['nothing', '', 400, 'validation'],
    ['broken JSON', '[{"address":', 400, 'malformed-json'],
    ['more than 1000 views', JSON.stringify(new Array(1001).fill({})), 413, 'too-many-views'],
    ['more than 1 MiB', `["${'a'.repeat(1024 * 1024)}"]`, 413, 'body-too-large'],
  ])('when it is %s', async (...[, body, status, code]) => {
    const answer = await post(body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().type).toBe(`/docs/errors.md#${code}`);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('when NDJSON has more than 1000 lines', async () => {
    expect((await post('{}\n'.repeat(1001), ndjson)).statusCode).toBe(413);
    expect((await post('\n'.repeat(100_000), ndjson)).statusCode).toBe(400);
    const below = await post(`{"address":"${pepe}"}${'\n'.repeat(3_000)}{}`, ndjson);
    expect(below.statusCode).toBe(413);
    expect(producer.views()).toEqual([]);
  });

  test('when an anonymous network has used its quota of views', async () => {
    await producer.stop();
    producer = await createTestProducer({ env: { NETWORK_VIEWS_PER_MINUTE: '3' } });
    const anonymous = (count: number) =>
      producer.app.inject({
        method: 'POST',
        url: '/api/v1/views',
        payload: new Array(count).fill({ address: pepe }),
      });
    expect((await anonymous(3)).statusCode).toBe(202);
    const refused = await anonymous(1);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('60');
    expect((await post([{ address: pepe }])).statusCode).toBe(202);
    producer.clock.advance(60_000);
    expect((await anonymous(1)).statusCode).toBe(202);
  });
});

/** Views in each of the four counters. */
async function counted(): Promise<number[]> {
  const text = await producer.metrics();
  const sum = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`trending_views_${name}_total`))
      .reduce((total, line) => total + Number(line.split(' ')[1]), 0);
  return ['accepted', 'duplicate', 'filtered', 'rejected'].map(sum);
}

test('every view of a batch ends in exactly one of the counters', async () => {
  await post([
    { address: pepe, eventId: id },
    { address: pepe, eventId: id },
    { address: pepe, userAgent: 'Googlebot/2.1' },
    { address: 'bad' },
    { address: bonk },
  ]);
  expect(await counted()).toEqual([2, 1, 1, 1]);
});

test.each([
  ['refused because too much is waiting', { IN_FLIGHT_VIEWS_MAX: '3' }],
  ['not confirmed by any broker', {}],
])('so does every view of a batch that is %s', async (_what, env) => {
  await producer.stop();
  producer = await createTestProducer({ env });
  producer.log.onAppend(() => ({ error: retriable, landed: false }));
  const repeated = { address: pepe, eventId: id };
  const batch = [repeated, repeated, { address: bonk }, ...new Array(2).fill({ address: pepe })];
  expect((await post([...batch, { address: 'bad' }])).statusCode).toBe(503);
  expect(await counted()).toEqual([0, 0, 0, 6]);
});
