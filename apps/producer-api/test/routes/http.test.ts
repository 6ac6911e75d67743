import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browser, createTestProducer, keys, pepe, type TestProducer } from '../support/producer.ts';

let producer: TestProducer;
beforeAll(async () => {
  producer = await createTestProducer({
    env: { ALLOWED_ORIGINS: 'https://shop.example', RATE_LIMIT_PER_MINUTE: '60' },
  });
});
afterAll(() => producer.stop());

const view = `/api/v1/tokens/${pepe}/view`;
let address = 0;
/** Every call from its own address, so that the rate limit is met only where it is meant. */
const call = (options: {
  method?: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  url?: string;
  headers?: Readonly<Record<string, string>>;
  payload?: string;
  remoteAddress?: string;
}) =>
  producer.app.inject({
    method: 'POST',
    url: view,
    remoteAddress: `10.0.${address++ % 250}.1`,
    ...options,
    headers: { 'user-agent': browser, ...options.headers },
  });
const problem = (answer: Awaited<ReturnType<typeof call>>) => {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const body = answer.json();
  expect(body.status).toBe(answer.statusCode);
  expect(body.title).toEqual(expect.any(String));
  expect(body).not.toHaveProperty('stack');
  return [answer.statusCode, body.type.split('#')[1]];
};

describe('content types', () => {
  const body = '{"surprise":1}';
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json\t; charset=utf-8',
    'application/json;',
    'APPLICATION/JSON',
    ' application/json',
    'application/json ; x',
  ])('%j never lets a body past its validation', async (type) => {
    const answer = await call({ headers: { 'content-type': type }, payload: body });
    expect([400, 415]).toContain(answer.statusCode);
    problem(answer);
  });
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/xml',
    'application/x-ndjson',
    'text/plain; application/json',
    'application/json, text/plain',
    '*/*',
    'nonsense',
  ])('%j is not taken', async (type) => {
    const before = producer.views().length;
    const answer = await call({ headers: { 'content-type': type }, payload: '{}' });
    expect(problem(answer)).toEqual([415, 'unsupported-media-type']);
    expect(producer.views()).toHaveLength(before);
  });
  test('a declared but empty JSON body is no body', async () => {
    const answer = await call({ headers: { 'content-type': 'application/json' }, payload: '' });
    expect(answer.statusCode).toBe(202);
  });
});

describe('bad bodies', () => {
  const json = { 'content-type': 'application/json' };
  test.each([
    ['broken JSON', '{"chain":', [400, 'malformed-json']],
    ['__proto__', '{"__proto__":{"chain":"eth"}}', [400, 'malformed-json']],
    ['constructor.prototype', '{"constructor":{"prototype":{"x":1}}}', [400, 'malformed-json']],
    ['an array', '[]', [400, 'validation']],
    ['a text', '"x"', [400, 'validation']],
    ['an unknown field', '{"vieweddAt":1}', [400, 'validation']],
    ['a field of another type', '{"dwellMs":"12"}', [400, 'validation']],
    ['a negative dwell time', '{"dwellMs":-1}', [400, 'validation']],
    ['an event id that is no UUID', '{"eventId":"1"}', [400, 'validation']],
    ['a country of three letters', '{"country":"DEU"}', [400, 'validation']],
    ['more than 16 KiB', `{"viewer":"${'a'.repeat(17_000)}"}`, [413, 'body-too-large']],
  ] as const)('%s', async (_what, payload, expected) => {
    expect(problem(await call({ headers: json, payload }))).toEqual(expected);
  });
  test('are explained with their place', async () => {
    const answer = await call({ headers: json, payload: '{"dwellMs":-1}' });
    expect(answer.json().errors).toMatchObject([{ pointer: 'body/dwellMs' }]);
    const unknown = await call({ headers: json, payload: '{"vieweddAt":1}' });
    expect(unknown.json().detail).toContain('vieweddAt');
  });
});

describe('bad paths and queries', () => {
  test.each([
    [
      'a wrong checksum',
      '/api/v1/tokens/0x52908400098527886E0F7030069857D2E4169Ee7/view',
      [422, 'address-checksum'],
    ],
    ['an address of another chain', `${view}?chain=sol`, [422, 'address-invalid']],
    ['an impossible chain', `${view}?chain=a%20b`, [422, 'chain-invalid']],
    ['an address that needs its chain', '/api/v1/tokens/0x2/view', [422, 'chain-required']],
    ['a very long address', `/api/v1/tokens/${'a'.repeat(600)}/view?chain=x`, [400, 'validation']],
    ['an unknown query field', `${view}?chian=eth`, [400, 'validation']],
    ['the same query field twice', `${view}?chain=eth&chain=bsc`, [400, 'validation']],
    ['bad escapes', '/api/v1/tokens/%E0%A4%A/view', [400, 'bad-url']],
    ['an unknown path', '/api/v2/nothing', [404, 'not-found']],
  ] as const)('%s', async (_what, url, expected) => {
    expect(problem(await call({ url }))).toEqual(expected);
  });
  test('two different chains in body and query', async () => {
    const answer = await call({
      url: `${view}?chain=eth`,
      headers: { 'content-type': 'application/json' },
      payload: '{"chain":"bsc"}',
    });
    expect(problem(answer)).toEqual([422, 'chain-conflict']);
  });
  test('a bad Idempotency-Key', async () => {
    expect(problem(await call({ headers: { 'idempotency-key': 'a b' } }))).toEqual([
      400,
      'validation',
    ]);
  });
  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const)(
    '%s on a POST path is 405 with Allow',
    async (method) => {
      const answer = await call({ method });
      if (method !== 'HEAD') expect(problem(answer)).toEqual([405, 'method-not-allowed']);
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe('POST');
    },
  );
  test('a slash in an address may be escaped', async () => {
    const answer = await call({ url: '/api/v1/tokens/ibc%2FAB12/view?chain=osmosis' });
    expect(answer.statusCode).toBe(202);
    expect(producer.views().some(({ token }) => token === 'osmosis:ibc/AB12')).toBe(true);
  });
});

describe('keys and origins', () => {
  test.each([
    'Bearer',
    'Bearer nobody',
    'Basic cHVibGlzaGVy',
    'publisher-key',
    'Bearer publisher-key extra',
  ])('authorization %j is 401, never anonymous', async (authorization) =>
    expect(problem(await call({ headers: { authorization } }))).toEqual([401, 'unauthorized']),
  );
  test('a page of an allowed origin may publish, another may not, a key may from anywhere', async () => {
    const from = (origin: string, headers = {}) => call({ headers: { origin, ...headers } });
    const allowed = await from('https://shop.example');
    expect(allowed.statusCode).toBe(202);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(problem(await from('https://evil.example'))).toEqual([403, 'origin-not-allowed']);
    expect((await from('https://evil.example', keys.publisher)).statusCode).toBe(202);
  });
  test('a preflight is answered', async () => {
    const answer = await call({
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
  });
});

test('an anonymous address is limited with standard headers, a key is not', async () => {
  const remoteAddress = '198.51.100.9';
  const first = await call({ remoteAddress });
  expect(first.headers['ratelimit-limit']).toBe('60');
  expect(first.headers['ratelimit-remaining']).toBe('59');
  for (let i = 0; i < 59; i += 1) await call({ remoteAddress });
  const refused = await call({ remoteAddress });
  expect(problem(refused)).toEqual([429, 'rate-limited']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await call({ remoteAddress, headers: keys.publisher })).statusCode).toBe(202);
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '58'],
  ['2001:db8:1:3::1', '2001:db8:1:4::1', '59'],
  ['::ffff:198.51.100.10', '198.51.100.10', '58'],
])('the limit counts by /64 of IPv6, as the push door does: %s, %s', async (one, other, left) => {
  await call({ remoteAddress: one });
  const { headers } = await call({ remoteAddress: other });
  expect(headers['ratelimit-remaining']).toBe(left);
});

describe('every answer', () => {
  test('has security headers', async () => {
    const { headers } = await call({});
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeDefined();
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

describe('operations', () => {
  const get = (url: string) => producer.app.inject(url);
  test('health and metrics answer', async () => {
    expect((await get('/livez')).body).toBe('ok\n');
    expect((await get('/readyz?verbose')).body).toContain('[+]views-log ok');
    expect((await get('/metrics')).body).toContain('trending_append_seconds_bucket');
  });
  test('the documentation page and document are served', async () => {
    expect((await get('/docs/')).statusCode).toBe(200);
    expect((await get('/openapi.json')).json().openapi).toBe('3.1.0');
  });
});
