import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { createHttpApp, createLogger, httpPart, type Part } from '../src/index.ts';
import { until } from '../src/testing/index.ts';

const host = '127.0.0.1';

interface Served {
  readonly app: FastifyInstance;
  readonly part: Part;
  readonly port: number;
  /** Lets the requests to /slow end. */
  readonly release: () => void;
  /** Resolves when somebody asked for /slow. */
  readonly asked: Promise<void>;
}

async function serve(closeWithinMs: number): Promise<Served> {
  const app = await createHttpApp({
    logger: createLogger({ service: 'test', level: 'silent' }),
    title: 'test',
    description: 'test',
    version: '1',
    bodyLimitBytes: 1024,
    allowedOrigins: ['*'],
    trustProxy: false,
    closeSockets: 'idle',
  });
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  app.get('/slow', async () => {
    asked.resolve();
    await gate.promise;
    return 'slow';
  });
  app.get('/quick', async () => 'quick');
  const part = httpPart('http', app, { host, port: 0, closeWithinMs });
  await part.start();
  const { port } = app.server.address() as AddressInfo;
  return { app, part, port, release: gate.resolve, asked: asked.promise };
}

/** A socket that keeps what it hears, and its end. */
function open(port: number): { socket: Socket; heard: () => string; closed: Promise<unknown> } {
  const socket = connect({ host, port });
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return { socket, heard: () => text, closed };
}

function portClosed({ server }: FastifyInstance): Promise<boolean> {
  const what = 'the port to be closed';
  return until({ timeoutMs: 5_000, what }, () => !server.listening || undefined);
}

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;

test('a socket whose request ends while the server closes is closed, not kept alive', async () => {
  const { app, part, port, release, asked } = await serve(10_000);
  const { socket, heard, closed } = open(port);
  socket.write(request('/slow'));
  await asked;
  const stopped = part.stop();
  await portClosed(app);
  release();
  await Promise.all([stopped, closed]);
  expect(heard()).toMatch(/^HTTP\/1.1 200 /);
});

test('what still arrives while the server closes is served, and its socket closed', async () => {
  const { app, part, port, release, asked } = await serve(10_000);
  const { socket, heard, closed } = open(port);
  socket.write(request('/slow'));
  await asked;
  const stopped = part.stop();
  await portClosed(app);
  const arrived = once(app.server, 'request');
  socket.write(request('/quick'));
  await arrived;
  release();
  await Promise.all([stopped, closed]);
  const second = heard().slice(heard().lastIndexOf('HTTP/1.1'));
  expect(second).toMatch(/^HTTP\/1.1 200 /);
  expect(second).toContain('quick');
  expect(second.toLowerCase()).toContain('access-control-allow-origin: *');
  expect(second.toLowerCase()).toContain('connection: close');
});

test('a request that does not end is cut at the limit, and so are sockets that never send one or were upgraded', async () => {
  const { app, part, port, asked } = await serve(200);
  app.server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
  const [busy, silent, upgraded] = [open(port), open(port), open(port)];
  upgraded.socket.write(
    request('/').replace('\r\n\r\n', '\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  await Promise.all([once(silent.socket, 'connect'), once(upgraded.socket, 'data')]);
  busy.socket.write(request('/slow'));
  await asked;
  await part.stop();
  await Promise.all([busy.closed, silent.closed, upgraded.closed]);
  expect(busy.heard()).toBe('');
});
