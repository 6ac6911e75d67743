import { afterEach, describe, expect, test } from 'vitest';
import {
  browser,
  createTestProducer,
  keyEntry,
  keys,
  keysFile,
  pepe,
  type TestProducer,
} from '../support/producer.ts';

let producer: TestProducer;
afterEach(() => producer.stop());

const start = async (limits: object, env: Readonly<Record<string, string>> = {}) => {
  const file = keysFile([keyEntry('small', 'trk_small', limits)]);
  producer = await createTestProducer({ env: { API_KEYS_FILE: file, ...env } });
};
const small = { authorization: 'Bearer trk_small' };
const batch = (count: number, headers: Readonly<Record<string, string>> = small) =>
  producer.app.inject({
    method: 'POST',
    url: '/api/v1/views',
    headers: { 'user-agent': browser, ...headers },
    payload: new Array(count).fill({ address: pepe }),
  });

describe('a key with a quota', () => {
  test('is told what is left, and when it is spent how long to wait', async () => {
    await start({ viewsPerMinute: 10 });
    producer.clock.advance(15_000);
    const first = await batch(4);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '10',
      'ratelimit-remaining': '6',
      'ratelimit-reset': '45',
    });
    const refused = await batch(7);
    expect(refused.statusCode).toBe(429);
    expect(refused.json().type).toBe('/docs/errors.md#rate-limited');
    expect(refused.json().detail).toContain('of the key small: 6 of 10 are left');
    expect(refused.headers).toMatchObject({
      'retry-after': '45',
      'ratelimit-limit': '10',
      'ratelimit-remaining': '6',
      'ratelimit-reset': '45',
    });
    expect((await batch(6)).headers['ratelimit-remaining']).toBe('0');
    producer.clock.advance(45_000);
    expect((await batch(10)).statusCode).toBe(202);
    expect(producer.views()).toHaveLength(20);
  });
  test('may have one a day as well; the longer wait is told', async () => {
    await start({ viewsPerMinute: 10, viewsPerDay: 12 });
    expect((await batch(10)).headers['ratelimit-remaining']).toBe('0');
    producer.clock.advance(60_000);
    const refused = await batch(3);
    expect(refused.headers).toMatchObject({ 'retry-after': '43140', 'ratelimit-limit': '12' });
    expect((await batch(2)).statusCode).toBe(202);
    producer.clock.advance(12 * 3_600_000);
    expect((await batch(10)).statusCode).toBe(202);
  });
  test('that is less than one request asks for is told to send fewer, not to wait', async () => {
    await start({ viewsPerMinute: 10 });
    expect((await batch(11)).json().detail).toContain('send fewer at once');
  });
  test('pays for single views and for bad ones too', async () => {
    await start({ viewsPerMinute: 2 });
    const single = () =>
      producer.app.inject({ method: 'POST', url: '/api/v1/tokens/0x2/view', headers: small });
    expect([(await single()).statusCode, (await single()).statusCode]).toEqual([422, 422]);
    expect((await single()).statusCode).toBe(429);
  });
  test('shares it with nobody, and a key without one has no such headers', async () => {
    await start({ viewsPerMinute: 1 });
    await batch(1);
    const free = await batch(900, keys.publisher);
    expect(free.statusCode).toBe(202);
    expect(free.headers).not.toHaveProperty('ratelimit-limit');
  });
});

describe('anonymous callers', () => {
  test('have a quota as a viewer: an address with a user agent', async () => {
    await start({}, { VIEWER_VIEWS_PER_MINUTE: '3' });
    expect((await batch(3, {})).statusCode).toBe(202);
    const refused = await batch(1, {});
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': '60',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
    });
    expect((await batch(3, { 'user-agent': `${browser} other` })).statusCode).toBe(202);
    expect((await batch(900, keys.publisher)).statusCode).toBe(202);
  });
  test('and as a network, whatever their user agents', async () => {
    await start({}, { NETWORK_VIEWS_PER_MINUTE: '4' });
    const statuses: number[] = [];
    for (const agent of ['a', 'b', 'c'])
      statuses.push((await batch(2, { 'user-agent': agent })).statusCode);
    expect(statuses).toEqual([202, 202, 429]);
  });
});
