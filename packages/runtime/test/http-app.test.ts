import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AppError,
  acceptNdjson,
  createHttpApp,
  createLogger,
  guardMethods,
  NdjsonBody,
  ProblemError,
  problemOf,
  strictBody,
} from '../src/index.ts';

const settings = {
  logger: createLogger({ service: 'test', level: 'silent' }),
  title: 'test',
  description: 'test',
  version: '1',
  bodyLimitBytes: 1024,
  allowedOrigins: ['https://a.example'],
  trustProxy: false,
} as const;
let app: FastifyInstance;
beforeAll(async () => {
  app = await createHttpApp(settings);
  const guard = guardMethods(app);
  const Body = Type.Object({ n: Type.Integer() }, { additionalProperties: false });
  app.post('/api/echo', { schema: { body: Body } }, async (request) => request.body);
  const optional = { schema: { body: Body }, validatorCompiler: strictBody({ isOptional: true }) };
  app.post('/api/optional', optional, async (request) => ({ body: request.body ?? 'none' }));
  app.get<{ Params: { status: number } }>('/api/empty/:status', async ({ params }, reply) =>
    reply.code(Number(params.status)).send(),
  );
  app.get('/api/text', async () => 'text');
  app.get<{ Params: { code: string } }>('/api/fail/:code', async ({ params }, reply) => {
    const cacheControl = {
      missing: 'public, max-age=1',
      late: 'public, max-age=1',
      private: 'private, no-store',
    };
    const kept = Object.entries(cacheControl).find(([code]) => code === params.code);
    if (kept !== undefined) {
      reply.header('cache-control', kept[1]);
      throw new ProblemError(problemOf(kept[0] === 'missing' ? 404 : 503, 'x', 'no'));
    }
    if (params.code === 'problem')
      throw new ProblemError(problemOf(409, 'conflict', 'no'), { 'x-why': 'because' });
    if (params.code === 'retriable')
      throw new AppError({ code: 'QUEUE_FULL', message: 'later', retriable: true });
    throw new Error('secret');
  });
  await app.register(async (part) => {
    acceptNdjson(part, 3);
    part.post('/api/lines', async (request) =>
      request.body instanceof NdjsonBody ? request.body.lines : 'not lines',
    );
  });
  guard.close();
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

const post = (url: string, payload: string, type = 'application/json') =>
  app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });

describe('the HTTP shell', () => {
  test('answers every error as a problem document', async () => {
    const answers = [
      [await app.inject('/nothing'), 404, 'not-found'],
      [await app.inject('/api/echo'), 405, 'method-not-allowed'],
      [await post('/api/echo', '{"n":"1"}'), 400, 'validation'],
      [await post('/api/echo', '{'), 400, 'malformed-json'],
      [await post('/api/echo', '{"__proto__":1}'), 400, 'malformed-json'],
      [await post('/api/echo', 'n=1', 'text/plain'), 415, 'unsupported-media-type'],
      [await post('/api/echo', `"${'a'.repeat(2000)}"`), 413, 'body-too-large'],
      [await app.inject('/api/fail/problem'), 409, 'conflict'],
      [await app.inject('/api/fail/retriable'), 503, 'unavailable'],
      [await app.inject('/api/fail/other'), 500, 'internal'],
    ] as const;
    for (const [answer, status, code] of answers) {
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ type: `/docs/errors.md#${code}`, status });
      expect(answer.body).not.toContain('secret');
    }
  });

  test('explains an error at its type, for people', async () => {
    const { type } = (await post('/api/echo', '{')).json();
    const page = new URL(type, 'http://127.0.0.1/api/echo');
    const answer = await app.inject(page.pathname);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(answer.body).toContain(`<h3 id="${page.hash.slice(1)}">`);
    expect(app.swagger().paths).not.toHaveProperty([page.pathname]);
  });

  test('names an unknown field once, and says what it is', async () => {
    const { detail, errors } = (await post('/api/echo', '{"n":1,"m":2}')).json();
    expect(errors).toEqual([{ pointer: 'body/m', detail: 'is not a known field' }]);
    expect(detail).toBe('body/m is not a known field');
  });

  test('passes on the headers of a problem, and adds Retry-After to 503', async () => {
    expect((await app.inject('/api/fail/problem')).headers['x-why']).toBe('because');
    expect((await app.inject('/api/fail/retriable')).headers['retry-after']).toBe('1');
  });

  test('lets no cache keep a problem, but for the time a route allows for what is not found', async () => {
    const kept = async (url: string) => (await app.inject(url)).headers['cache-control'];
    // Caches may keep 404, 405 and 410 as long as they like when nobody says otherwise.
    for (const url of ['/nothing', '/api/echo', '/api/fail/problem', '/api/fail/other'])
      expect(await kept(url)).toBe('no-store');
    expect(await kept('/api/fail/missing')).toBe('public, max-age=1');
    expect(await kept('/api/fail/late')).toBe('no-store');
    expect(await kept('/api/fail/private')).toBe('private, no-store');
  });

  test('tells HEAD the length that GET would have, and none of an answer without a body', async () => {
    const lengthOf = async (url: string) => {
      const { headers } = await app.inject({ method: 'HEAD', url });
      return headers['content-length'];
    };
    expect(await lengthOf('/api/text')).toBe('4');
    expect(await lengthOf('/api/empty/200')).toBe('0');
    // Of 304 it would be the length of the 200 that is not sent; of 204 there is none (RFC 9110, section 8.6).
    expect(await lengthOf('/api/empty/304')).toBeUndefined();
    expect(await lengthOf('/api/empty/204')).toBeUndefined();
  });

  test('lets a body be left out only where it is optional', async () => {
    expect((await app.inject({ method: 'POST', url: '/api/optional' })).json()).toEqual({
      body: 'none',
    });
    expect((await app.inject({ method: 'POST', url: '/api/echo' })).statusCode).toBe(400);
    expect((await post('/api/optional', '{"m":1}')).statusCode).toBe(400);
  });

  test('keeps bad NDJSON lines in their place, and bounds their number', async () => {
    const lines = await post('/api/lines', '{"a":1}\n\nx\r\n', 'application/x-ndjson');
    expect(lines.json()).toMatchObject([
      { ok: true, index: 0, value: { a: 1 } },
      { ok: false, index: 2 },
    ]);
    expect((await post('/api/lines', '1\n2\n3\n4', 'application/x-ndjson')).statusCode).toBe(413);
    // What is too far down is refused, never left out without a word; blank lines at the end are nothing.
    const below = `1\n${'\n'.repeat(20)}2`;
    expect((await post('/api/lines', below, 'application/x-ndjson')).statusCode).toBe(413);
    const blank = `1\n${' \n'.repeat(20)}`;
    expect((await post('/api/lines', blank, 'application/x-ndjson')).json()).toHaveLength(1);
    const full = '1\n\n2\n\n3\n\n';
    expect((await post('/api/lines', full, 'application/x-ndjson')).json()).toHaveLength(3);
    expect((await post('/api/echo', '1', 'application/x-ndjson')).statusCode).toBe(415);
  });

  test('sends few security headers with data and all of them with documents', async () => {
    const data = (await post('/api/echo', '{"n":1}')).headers;
    expect(data['x-content-type-options']).toBe('nosniff');
    expect(data).not.toHaveProperty('x-download-options');
    expect((await app.inject('/docs/')).headers['x-download-options']).toBe('noopen');
  });

  test('names one origin to the browsers of that origin only', async () => {
    const from = async (origin: string) =>
      (await app.inject({ url: '/api/fail/problem', headers: { origin } })).headers[
        'access-control-allow-origin'
      ];
    expect(await from('https://a.example')).toBe('https://a.example');
    expect(await from('https://b.example')).not.toBe('https://b.example');
  });
});

describe('bytes that are no request', () => {
  const raw = async (text: string): Promise<string> => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(text);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await once(socket, 'close');
    return answer;
  };
  test('get a problem too, and their socket is closed', async () => {
    const answer = await raw('nonsense\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('#bad-request');
  });
  test('or headers beyond 8 KiB are 431', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(9000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('#headers-too-large');
  });
});

test('the limits of the server are set on purpose', () => {
  expect(app.server).toMatchObject({
    requestTimeout: 10_000,
    headersTimeout: 5_000,
    keepAliveTimeout: 72_000,
    maxRequestsPerSocket: 1_000,
    maxConnections: 10_000,
    maxHeadersCount: 64,
  });
});

test('a socket that nobody uses makes room when there are too many', async () => {
  const small = await createHttpApp({ ...settings, maxConnections: 1 });
  small.get('/', async () => ({}));
  const url = await small.listen({ host: '127.0.0.1', port: 0 });
  const idle = new Agent({ keepAlive: true });
  const answered = async (agent: Agent) => {
    const [response] = await once(get(url, { agent }), 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };
  expect(await answered(idle)).toBe(200);
  const closed = once(Object.values(idle.freeSockets).flat()[0] as Socket, 'close');
  await expect(answered(new Agent())).rejects.toThrow();
  await closed;
  expect(await answered(new Agent())).toBe(200);
  idle.destroy();
  await small.close();
});
