import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { httpPart } from '../src/http-server.ts';
import { until } from '../src/testing/index.ts';

const host = '127.0.0.1';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(maxConnections: number): Promise<{ app: FastifyInstance; port: number }> {
  const app = Fastify({ forceCloseConnections: true });
  app.server.maxConnections = maxConnections;
  app.get('/', async () => 'here');
  const part = httpPart('http', app, { host, port: 0, acceptors: 8 });
  await part.start();
  stops.push(() => part.stop());
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** Asks over a connection of its own and keeps it; the first line of the answer, or empty when it was turned away. */
async function ask(port: number): Promise<{ socket: Socket; line: string }> {
  const socket = connect({ host, port });
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  const answer = await Promise.race([
    once(socket, 'data').then(([chunk]) => String(chunk)),
    once(socket, 'close').then(() => ''),
  ]).catch(() => '');
  return { socket, line: answer.split('\r\n')[0] ?? '' };
}

test('a crowd is answered, whichever socket accepted each of them', async () => {
  const { app, port } = await serve(1_000);
  let turns = 0;
  app.server.on('connection', () => {
    turns += 1;
  });
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(port)));
  expect(new Set(answers.map(({ line }) => line))).toEqual(new Set(['HTTP/1.1 200 OK']));
  expect(turns).toBe(200);
  for (const { socket } of answers) socket.destroy();
});

test('the limit of connections holds for all of them together, and who leaves makes room', async () => {
  const { port } = await serve(10);
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(port)));
  const inside = answers.filter(({ line }) => line !== '');
  expect(inside.length).toBe(10);
  for (const { socket } of answers) socket.destroy();
  const isRoom = { timeoutMs: 5_000, what: 'room for another' };
  const { socket } = await until(isRoom, async () => {
    const again = await ask(port);
    return again.line === '' ? undefined : again;
  });
  socket.destroy();
});

test('a port that is taken is refused, although sockets of one process share theirs', async () => {
  const { port } = await serve(10);
  const second = httpPart('http', Fastify(), { host, port, acceptors: 8 });
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('nobody is let in after the end', async () => {
  const { port } = await serve(10);
  for (const stop of stops.splice(0)) await stop();
  expect((await ask(port)).line).toBe('');
});
