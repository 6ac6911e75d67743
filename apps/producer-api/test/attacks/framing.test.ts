import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestProducer, pepe, type TestProducer } from '../support/producer.ts';
import { exchange, openSocket, statusesIn } from '../support/raw-http.ts';

let producer: TestProducer;
beforeAll(async () => {
  producer = await createTestProducer();
  await producer.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => producer.stop());

const path = `/api/v1/tokens/${pepe}/view?chain=eth`;
const json = 'content-type: application/json';
/** What must never be taken for a request of its own. */
const smuggled = `POST ${path}&source=smuggled HTTP/1.1\r\nhost: a\r\n\r\n`;
const request = (headers: readonly string[], body = '', line = `POST ${path} HTTP/1.1`) =>
  `${[line, 'host: a', ...headers].join('\r\n')}\r\n\r\n${body}`;
const smuggledViews = () => producer.views().filter(({ source }) => source === 'smuggled');

describe('a request with two opinions of its length', () => {
  test.each([
    ['two content lengths', ['content-length: 2', 'content-length: 30', json], `{}${smuggled}`],
    ['two lengths in one header', ['content-length: 2, 30', json], `{}${smuggled}`],
    [
      'a length and chunks',
      ['content-length: 4', 'transfer-encoding: chunked', json],
      `0\r\n\r\n${smuggled}`,
    ],
    [
      'chunks and a length',
      ['transfer-encoding: chunked', 'content-length: 4', json],
      `0\r\n\r\n${smuggled}`,
    ],
    ['an unknown transfer coding', ['transfer-encoding: xchunked', json], `0\r\n\r\n${smuggled}`],
    [
      'chunks that are not last',
      ['transfer-encoding: chunked, identity', json],
      `0\r\n\r\n${smuggled}`,
    ],
    ['a blank before the colon', ['content-length : 2', json], `{}${smuggled}`],
    ['a negative length', ['content-length: -1', json], smuggled],
    ['a length with a sign', ['content-length: +2', json], `{}${smuggled}`],
    ['a hexadecimal length', ['content-length: 0x2', json], `{}${smuggled}`],
    ['a folded header', ['content-length:', ' 2', json], `{}${smuggled}`],
    ['lines that end in LF alone', [`x: y\ncontent-length: 2`, json], `{}${smuggled}`],
    [
      'a chunk size that overflows',
      ['transfer-encoding: chunked', json],
      `ffffffffffffffffff\r\n${smuggled}`,
    ],
    [
      'a chunk extension that ends in LF',
      ['transfer-encoding: chunked', json],
      `2;x\n{}\r\n0\r\n\r\n${smuggled}`,
    ],
  ])(
    '%s is refused, its socket closed, and what follows never read',
    async (...[, headers, body]) => {
      const answer = await exchange(producer.app, request(headers, body));
      expect(statusesIn(answer)).toEqual([400]);
      expect(answer).toContain('application/problem+json');
      expect(smuggledViews()).toEqual([]);
    },
  );
});

describe('an unusual request line', () => {
  const once = (answer: string) => statusesIn(answer).length > 0 && answer.endsWith('}');
  test.each([
    ['no host', `POST ${path} HTTP/1.1\r\n\r\n`, [400]],
    ['two hosts', request(['host: b', 'connection: close']), [400]],
    [
      'two keys',
      request([
        'authorization: Bearer publisher-key',
        'authorization: Bearer x',
        'connection: close',
      ]),
      [400],
    ],
    ['HTTP/0.9', `GET ${path}\r\n\r\n`, [400, 405]],
    ['HTTP/2 in clear', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['HTTP/3.0', request([], '', `POST ${path} HTTP/3.0`), [400]],
    ['a NUL in the path', request([], '', 'POST /api/v1/tokens/\0/view HTTP/1.1'), [400]],
    ['a NUL in a header', request(['x: a\0b']), [400]],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
    ['an authority', request(['connection: close'], '', 'CONNECT a:443 HTTP/1.1'), [400, 404, 405]],
    ['TRACE', request(['connection: close'], '', `TRACE ${path} HTTP/1.1`), [405]],
    ['QUERY', request(['connection: close'], '', `QUERY ${path} HTTP/1.1`), [405]],
    ['an asterisk', request(['connection: close'], '', 'OPTIONS * HTTP/1.1'), [204, 400, 404]],
    ['a method of its own', request([], '', `VIEW ${path} HTTP/1.1`), [400]],
    [
      'dots in the path',
      request(['connection: close'], '', 'POST /api/v1/../../etc/passwd HTTP/1.1'),
      [404],
    ],
    ['two slashes', request(['connection: close'], '', `POST /${path} HTTP/1.1`), [404]],
  ])('%s is no way in', async (_what, bytes, statuses) => {
    const before = producer.views().length;
    const answer = await exchange(producer.app, bytes, once);
    if (answer !== '') expect(statuses).toContain(statusesIn(answer)[0]);
    expect(producer.views()).toHaveLength(before);
  });

  test('of HTTP/1.0 is served and its socket closed', async () => {
    const answer = await exchange(producer.app, `POST ${path} HTTP/1.0\r\n\r\n`);
    expect(statusesIn(answer)).toEqual([202]);
    expect(answer).toMatch(/connection: close/i);
  });

  test('with an absolute address or a strange host is never echoed', async () => {
    for (const line of [`POST http://evil.example${path} HTTP/1.1`, `POST ${path} HTTP/1.1`]) {
      const bytes = `${line}\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n\r\n`;
      const answer = await exchange(producer.app, bytes);
      expect([202, 404]).toContain(statusesIn(answer)[0]);
      expect(answer.split('\r\n\r\n')[0]).not.toContain('evil.example');
    }
  });
});

describe('an oversized request', () => {
  test('line or headers are 431', async () => {
    const long = 'a'.repeat(9_000);
    for (const bytes of [
      request([`x: ${long}`]),
      request([], '', `POST /api/v1/tokens/${long}/view HTTP/1.1`),
      request(Array.from({ length: 900 }, (_, i) => `x${i}: y`)),
    ]) {
      const answer = await exchange(producer.app, bytes);
      expect(statusesIn(answer)).toEqual([431]);
      expect(answer).toContain('#headers-too-large');
    }
  });
  test('number of headers is 431, so that none is dropped unseen', async () => {
    const many = Array.from({ length: 63 }, (_, i) => `x${i}: y`);
    const key = 'authorization: Bearer nobody';
    const answer = await exchange(producer.app, request([...many, key, 'connection: close']));
    expect(statusesIn(answer)).toEqual([431]);
  });
  test('body is 413 by its length alone, before it is sent, and the socket is closed', async () => {
    const answer = await exchange(producer.app, request(['content-length: 17000', json], '{'));
    expect(statusesIn(answer)).toEqual([413]);
  });
  test('body in endless chunks is 413 as soon as it is too large', async () => {
    const socket = await openSocket(producer.app);
    let answer = '';
    let sent = 0;
    const chunk = `400\r\n${' '.repeat(1024)}\r\n`;
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('data', (bytes) => {
      answer += String(bytes);
    });
    socket.write(request(['transfer-encoding: chunked', json]));
    while (!answer.includes('\r\n\r\n') && !socket.destroyed && sent < 10_000_000) {
      socket.write(chunk);
      sent += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
    await closed;
    expect(statusesIn(answer)).toEqual([413]);
    expect(sent).toBeLessThan(10_000_000);
  });
});

test('a socket may carry many requests, in order', async () => {
  const two = request([]) + request(['connection: close']);
  expect(statusesIn(await exchange(producer.app, two))).toEqual([202, 202]);
});
