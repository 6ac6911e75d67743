import { partitionOf } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import { viewFlags } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  browser,
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

const hour = 3_600_000;
const id = '01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e7f';
const otherId = '01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e80';
const url = `/api/v1/tokens/${pepe}/view`;

interface Call {
  readonly address?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const post = ({ address = pepe, query = '', body, headers = {} }: Call = {}) =>
  producer.app.inject({
    method: 'POST',
    url: `/api/v1/tokens/${encodeURIComponent(address)}/view${query}`,
    headers: { 'user-agent': browser, ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });

describe('a view without a key', () => {
  test('needs no body and no chain, and is in the log when 202 is given', async () => {
    const answer = await post();
    expect(answer.statusCode).toBe(202);
    const { eventId, status } = answer.json();
    expect(status).toBe('accepted');
    expect(eventId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const [view] = producer.views();
    expect(view).toMatchObject({
      chain: 'eth',
      token: `eth:${pepe}`,
      viewedAt: noon,
      receivedAt: noon,
      source: 'web',
      weightMicro: 1_000_000,
      flags: 0,
    });
    expect(Buffer.from(view?.eventId ?? []).toString('hex')).toBe(eventId.replaceAll('-', ''));
  });

  test('is keyed by its canonical token and lies in the partition of the Java partitioner', async () => {
    await post({ address: '0xdAC17F958D2ee523a2206206994597C13D831ec7', query: '?chain=Ethereum' });
    const [record] = producer.log.records('token.views.v1');
    const key = 'eth:0xdac17f958d2ee523a2206206994597c13d831ec7';
    expect(Buffer.from(record?.key ?? []).toString()).toBe(key);
    expect(record?.partition).toBe(partitionOf(key, partitions));
    expect(record?.timestamp).toBe(noon);
  });

  test('cannot choose its time, viewer or network', async () => {
    await post({ body: { viewedAt: noon - hour, viewer: 'a', network: 'b' } });
    await post({ body: { viewer: 'c', network: 'd', viewedAt: 'not even a time' } });
    const [first, second] = producer.views();
    expect(first?.viewedAt).toBe(noon);
    expect(second?.viewer).toEqual(first?.viewer);
    expect(second?.network).toEqual(first?.network);
  });

  test('gets a viewer hash by address and user agent, and a network hash by /24', async () => {
    const from = (remoteAddress: string, agent = browser) =>
      producer.app.inject({ method: 'POST', url, remoteAddress, headers: { 'user-agent': agent } });
    await from('203.0.113.7');
    await from('203.0.113.8');
    await from('203.0.113.8', `${browser} other`);
    await from('203.0.114.8');
    const views = producer.views();
    expect(new Set(views.map(({ viewer }) => Buffer.from(viewer).toString('hex'))).size).toBe(4);
    expect(new Set(views.map(({ network }) => Buffer.from(network).toString('hex'))).size).toBe(2);
    expect(views.every(({ viewer, network }) => viewer.length === 8 && network.length === 8)).toBe(
      true,
    );
  });

  test('of a robot is answered coarsely, and stays in the log with weight 0', async () => {
    const answer = await post({
      headers: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' },
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ status: 'filtered', reason: 'robot' });
    expect(producer.views()).toMatchObject([{ flags: viewFlags.robot, weightMicro: 0 }]);
  });
});

describe('a view with a publishing key', () => {
  const trusted = (body: object, headers: Readonly<Record<string, string>> = keys.publisher) =>
    post({ body, headers });

  test('keeps its event time, as text or milliseconds', async () => {
    await trusted({ viewedAt: noon - hour });
    await trusted({ viewedAt: '2025-03-04T12:30:00+01:00' });
    expect(
      producer
        .views()
        .map(({ viewedAt }) => viewedAt)
        .sort((a, b) => a - b),
    ).toEqual([noon - hour, noon - hour / 2]);
    expect(producer.views().every(({ flags }) => flags === viewFlags.trustedTime)).toBe(true);
  });

  test('from a clock up to a minute fast counts as now, beyond it is refused', async () => {
    expect((await trusted({ viewedAt: noon + 60_000 })).statusCode).toBe(202);
    expect(producer.views()[0]?.viewedAt).toBe(noon);
    const refused = await trusted({ viewedAt: noon + 60_001 });
    expect(refused.statusCode).toBe(422);
    expect(refused.json().type).toBe('/docs/errors.md#viewed-at-in-future');
    expect(refused.json().errors[0].pointer).toBe('body/viewedAt');
  });

  test('older than 24 h needs the backfill scope, and then goes to the backfill log', async () => {
    expect((await trusted({ viewedAt: noon - 24 * hour })).statusCode).toBe(202);
    const old = { viewedAt: noon - 24 * hour - 1 };
    expect((await trusted(old)).json().type).toBe('/docs/errors.md#viewed-at-too-old');
    expect((await trusted(old, keys.backfiller)).statusCode).toBe(202);
    expect(producer.views()).toHaveLength(1);
    expect(producer.backfilled()).toMatchObject([
      { viewedAt: noon - 24 * hour - 1, flags: viewFlags.trustedTime | viewFlags.backfill },
    ]);
    expect(producer.log.records('token.views.backfill.v1')[0]?.timestamp).toBe(
      noon - 24 * hour - 1,
    );
  });

  test('has a stable hash per viewer id, which is not the same for another publisher', async () => {
    await trusted({ viewer: 'v1' });
    producer.clock.advance(48 * hour);
    await trusted({ viewer: 'v1' });
    await trusted({ viewer: 'v1' }, keys.backfiller);
    const hashes = producer.views().map(({ viewer }) => Buffer.from(viewer).toString('hex'));
    expect(new Set(hashes).size).toBe(2);
  });

  test('may forward a user agent, and is told in full why it is filtered', async () => {
    const answer = await trusted({ viewer: 'v', userAgent: 'HeadlessChrome/133' });
    expect(answer.json()).toMatchObject({ status: 'filtered', reason: 'robot:headless' });
  });

  test('that bounced or came from the list itself weighs less', async () => {
    await trusted({ dwellMs: 0 });
    await trusted({ dwellMs: 0, source: 'trending_list' });
    expect(
      producer
        .views()
        .map(({ weightMicro }) => weightMicro)
        .sort((a, b) => a - b),
    ).toEqual([125_000, 250_000]);
  });

  test('is refused when the key may not publish, and when it is unknown', async () => {
    expect((await trusted({}, keys.admin)).statusCode).toBe(403);
    const unknown = await trusted({}, { authorization: 'Bearer nobody' });
    expect(unknown.statusCode).toBe(401);
    expect(unknown.headers['www-authenticate']).toContain('Bearer');
    expect(producer.views()).toEqual([]);
  });
});

describe('the same view again', () => {
  test('is a duplicate once the first was acknowledged', async () => {
    expect((await post({ body: { eventId: id } })).json().status).toBe('accepted');
    expect((await post({ body: { eventId: id.toUpperCase() } })).json()).toEqual({
      eventId: id,
      status: 'duplicate',
    });
    expect(producer.views()).toHaveLength(1);
  });

  test('under the same id with another payload is abuse: refused and counted', async () => {
    await post({ body: { eventId: id, country: 'DE' } });
    const answer = await post({ body: { eventId: id, country: 'FR' } });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().type).toBe('/docs/errors.md#event-id-conflict');
    expect(await producer.metrics()).toMatch(/trending_event_id_conflicts_total\{[^}]*\} 1/);
  });

  test.each([
    ['a key, then without one', keys.publisher, {}],
    ['nobody known, then with a key', {}, keys.publisher],
    ['one key, then with another', keys.publisher, keys.backfiller],
  ])('of %s is another view, whatever else is the same', async (_who, first, second) => {
    expect((await post({ body: { eventId: id }, headers: first })).statusCode).toBe(202);
    expect((await post({ body: { eventId: id }, headers: second })).statusCode).toBe(409);
    expect(producer.views()).toHaveLength(1);
  });

  test('is not a duplicate when the brokers never confirmed the first', async () => {
    producer.log.onAppend(() => ({ error: brokerAway, landed: false }));
    expect((await post({ body: { eventId: id } })).statusCode).toBe(503);
    producer.log.onAppend(undefined);
    expect((await post({ body: { eventId: id } })).json().status).toBe('accepted');
  });

  test('is found by Idempotency-Key too, apart for every caller', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await post({ headers });
    const again = await post({ headers });
    expect(again.json()).toEqual({ eventId: first.json().eventId, status: 'duplicate' });
    expect(first.json().eventId[14]).toBe('5');
    const other = await post({ headers: { ...headers, ...keys.publisher } });
    expect(other.json().status).toBe('accepted');
  });

  test('is found by Idempotency-Key after midnight as well, when its viewer has another hash', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await post({ headers });
    const hash = producer.views()[0]?.viewer;
    producer.clock.advance(86_400_000);
    const again = await post({ headers });
    expect(again.json()).toEqual({ eventId: first.json().eventId, status: 'duplicate' });
    await post();
    expect(producer.views()[1]?.viewer).not.toEqual(hash);
  });
});

const brokerAway = new AppError({
  code: 'BROKER_UNAVAILABLE',
  message: 'no broker answers',
  retriable: true,
});

describe('broker trouble', () => {
  test.each(['BROKER_UNAVAILABLE', 'QUEUE_FULL', 'APPEND_TIMEOUT'] as const)(
    '%s is 503 with Retry-After and the id to try again with',
    async (code) => {
      const error = new AppError({ code, message: 'try later', retriable: true });
      producer.log.onAppend(() => ({ error, landed: false }));
      const answer = await post({ body: { eventId: otherId } });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({
        type: '/docs/errors.md#unavailable',
        eventId: otherId,
      });
    },
  );

  test('an unknown failure is 500 without its details', async () => {
    producer.log.onAppend(() => ({ error: new Error('secret detail'), landed: false }));
    const answer = await post();
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });

  test('more views in flight than allowed are shed at once', async () => {
    await producer.stop();
    producer = await createTestProducer({ env: { IN_FLIGHT_VIEWS_MAX: '0' } });
    expect((await post()).statusCode).toBe(503);
  });
});
