import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestProducer, keys, pepe, type TestProducer } from '../support/producer.ts';

let producer: TestProducer;
beforeAll(async () => {
  producer = await createTestProducer();
});
afterAll(() => producer.stop());

const one = `/api/v1/tokens/${pepe}/view?chain=eth`;
const many = '/api/v1/views';
const post = (
  url: string,
  payload: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
) =>
  producer.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...keys.publisher, ...headers },
  });
const verdict = (answer: Awaited<ReturnType<typeof post>>) => [
  answer.statusCode,
  answer.json().type?.split('#')[1],
];

describe('a compressed body', () => {
  test.each(['gzip', 'GZIP', 'deflate', 'br', 'zstd', 'gzip, gzip', 'identity, gzip', 'x'])(
    'of encoding %s is not unpacked but refused',
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(4_000_000, ' '));
      expect(bomb.length).toBeLessThan(16_000);
      for (const url of [one, many]) {
        const answer = await post(url, bomb, { 'content-encoding': encoding });
        expect(verdict(answer)).toEqual([415, 'unsupported-media-type']);
      }
    },
  );
  test('that is not compressed may say so', async () => {
    expect((await post(one, '{}', { 'content-encoding': 'identity' })).statusCode).toBe(202);
  });
});

describe('a content type', () => {
  test.each([
    'text/plain',
    'text/plain;application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=json',
    'application/json-patch+json',
    'application/vnd.api+json',
  ])('%s that a page may send unasked does not carry JSON in', async (type) => {
    for (const url of [one, many])
      expect((await post(url, '[{"address":"x"}]', { 'content-type': type })).statusCode).toBe(415);
  });
  test.each([
    ['utf-7', Buffer.from('{+ACI-viewer+ACI-:+ACI-x+ACI-}')],
    ['utf-16', Buffer.from('{"viewer":"x"}', 'utf16le')],
    ['utf-16be', Buffer.from('{"viewer":"x"}', 'utf16le').swap16()],
    ['utf-8 after its byte order mark twice', Buffer.from('\ufeff\ufeff{}')],
    ['ibm500', Buffer.from([0xc0, 0x7f, 0xa5, 0x7f, 0x7a, 0xf1, 0xd0])],
  ])('with a body in %s is not guessed at', async (charset, body) => {
    const type = `application/json; charset=${charset.split(' ')[0]}`;
    expect(verdict(await post(one, body, { 'content-type': type }))).toEqual([
      400,
      'malformed-json',
    ]);
  });
  test('with bytes that are no UTF-8 stores no half characters', async () => {
    const body = Buffer.concat([
      Buffer.from('{"partnerId":"'),
      Buffer.from([0xff, 0xc0, 0xaf]),
      Buffer.from('"}'),
    ]);
    expect(verdict(await post(one, body))).toEqual([400, 'validation']);
  });
});

describe('a poisoned body', () => {
  const isClean = () => ({}) as Record<string, unknown>;
  test.each([
    ['__proto__', '{"__proto__":{"polluted":1}}'],
    ['__proto__ in escapes', '{"\\u005f\\u005fproto__":{"polluted":1}}'],
    ['__proto__ below', '{"chain":"eth","x":{"y":[{"__proto__":{"polluted":1}}]}}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":{"polluted":1}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"polluted":1}}}'],
    ['constructor in escapes', '{"construct\\u006fr":{"prototype":{"polluted":1}}}'],
  ])('with %s is refused and changes no object', async (_what, body) => {
    expect(verdict(await post(one, body))).toEqual([400, 'malformed-json']);
    const batch = await post(many, `[${body}]`);
    expect(verdict(batch)).toEqual([400, 'malformed-json']);
    const lines = await post(many, body, { 'content-type': 'application/x-ndjson' });
    expect(lines.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] });
    expect(isClean()['polluted']).toBeUndefined();
  });
  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'a token may be called %s, and is counted as that',
    async (address) => {
      for (let times = 0; times < 2; times += 1)
        expect((await post(`/api/v1/tokens/${address}/view?chain=cosmos`, '')).statusCode).toBe(
          202,
        );
      expect(producer.views().filter(({ token }) => token === `cosmos:${address}`)).toHaveLength(2);
    },
  );
  test('a chain may not be called __proto__, and constructor is a chain like any other', async () => {
    const chain = (name: string) => post(many, JSON.stringify([{ address: 'a', chain: name }]));
    expect((await chain('__proto__')).json().rejected[0].problem.type).toContain('chain-invalid');
    expect((await chain('constructor')).json()).toMatchObject({ accepted: 1 });
    expect(producer.views().at(-1)?.chain).toBeDefined();
  });
  test.each(['__proto__', 'constructor', 'toString'])(
    'a viewer, partner and Idempotency-Key may be called %s',
    async (name) => {
      const body = JSON.stringify({ viewer: name, network: name, partnerId: 'constructor' });
      const answer = await post(one, body, { 'idempotency-key': name });
      expect(answer.statusCode).toBe(202);
    },
  );
});

describe('a body of great depth or length', () => {
  test('of 500 000 brackets is refused without falling over', async () => {
    for (const body of ['['.repeat(500_000), `${'['.repeat(400_000)}${']'.repeat(400_000)}`])
      expect([400, 413, 202]).toContain((await post(many, body)).statusCode);
    const deep = `${'{"__proto__x":'.repeat(60_000)}1${'}'.repeat(60_000)}`;
    const answer = await post(many, `[${deep}]`);
    expect(answer.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] });
    expect((await post(one, '{}')).statusCode).toBe(202);
  });
  test('of NDJSON in one endless line is bounded by the body', async () => {
    const type = { 'content-type': 'application/x-ndjson' };
    const line = (length: number) => `{"address":"${'a'.repeat(length)}"}`;
    expect(verdict(await post(many, line(1_048_576), type))).toEqual([413, 'body-too-large']);
    const long = await post(many, line(1_000_000), type);
    expect(long.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] });
    expect(long.body.length).toBeLessThan(2_000);
  });
  test('of numbers without end is refused by their range', async () => {
    for (const number of ['1e400', '-0.1', '9'.repeat(400), '1e-400000'])
      expect([202, 400]).toContain((await post(one, `{"dwellMs":${number}}`)).statusCode);
    expect((await post(one, `{"dwellMs":1e400}`)).statusCode).toBe(400);
  });
  test('of a thousand bad views is answered in bounded length', async () => {
    const item = { address: 'x'.repeat(500), chain: 'y'.repeat(60), surprise: 'z'.repeat(300) };
    const answer = await post(many, JSON.stringify(new Array(1_000).fill(item)));
    expect(answer.json().rejected).toHaveLength(1_000);
    expect(answer.body.length).toBeLessThan(1_000_000);
  });
});

describe('an address of strange characters', () => {
  const view = (address: string, chain = 'cosmos') =>
    post(`/api/v1/tokens/${address}/view?chain=${chain}`, '');
  test.each([
    ['NUL', '%00'],
    ['a line feed', 'a%0d%0aset-cookie:b'],
    ['a tab', 'a%09b'],
    ['right-to-left', '%E2%80%AEabc'],
    ['zero width', 'a%E2%80%8Bb'],
    ['full-width 0x', '%EF%BC%90%EF%BD%98'],
    ['Cyrillic x', '0%D1%85'],
    ['an emoji', '%F0%9F%9A%80'],
    ['a blank', 'a%20b'],
    ['a quote', 'a%22b'],
    ['a tag', '%3Cscript%3E'],
    ['a pipe', 'a%7Cb'],
    ['a percent', 'a%25b'],
  ])('with %s is no address', async (_what, address) => {
    const answer = await view(address);
    expect(verdict(answer)).toEqual([422, 'address-invalid']);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });
  test.each([
    ['a lone surrogate', '%ED%A0%80'],
    ['an overlong slash', '%C0%AF'],
    ['half an escape', '%e'],
    ['no escape', '%zz'],
  ])('with %s is a bad URL', async (_what, address) =>
    expect(verdict(await view(address))).toEqual([400, 'bad-url']),
  );
  test('that climbs through folders is a name like any other, and never a path', async () => {
    expect(verdict(await view('..%2F..%2Fetc%2Fpasswd', 'eth'))).toEqual([422, 'address-invalid']);
    expect((await view('..%2F..%2Fetc%2Fpasswd')).statusCode).toBe(202);
    for (const url of [
      '/docs/static/..%2f..%2fpackage.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
    ]) {
      const answer = await producer.app.inject(url);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('"dependencies"');
    }
  });
  test('as long as may be is no trouble, longer is refused', async () => {
    expect((await view('a'.repeat(512))).statusCode).not.toBe(500);
    expect([400, 414]).toContain((await view('%41'.repeat(700))).statusCode);
    expect((await view('a'.repeat(5_000))).statusCode).toBe(414);
  });
});

describe('headers of others', () => {
  test('cannot choose the address, method or key', async () => {
    const spoofed = {
      'x-forwarded-for': '203.0.113.1',
      forwarded: 'for=203.0.113.1',
      'x-real-ip': '203.0.113.1',
    };
    const send = (headers: Readonly<Record<string, string>>) =>
      producer.app.inject({ method: 'POST', url: one, headers });
    await send({});
    await send(spoofed);
    const [a, b] = producer.views().slice(-2);
    expect(b?.network).toEqual(a?.network);
    const override = { 'x-http-method-override': 'DELETE', 'x-original-url': '/metrics' };
    expect((await send(override)).json()).toHaveProperty('eventId');
  });
  test('are not echoed into headers of the answer', async () => {
    const answer = await producer.app.inject({
      method: 'POST',
      url: `${one}&source=a%0d%0aset-cookie:%20x=y`,
      headers: { origin: 'https://evil.example', 'idempotency-key': 'k' },
    });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(JSON.stringify(answer.headers)).not.toContain('evil.example');
  });
});
