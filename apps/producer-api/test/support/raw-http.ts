import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Opens a socket to a listening app. */
export async function openSocket(app: FastifyInstance): Promise<Socket> {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  // The other side may close while we write: that is what is tested.
  socket.on('error', () => undefined);
  return socket;
}

/** Sends bytes as they are and reads until the server closes, or `isEnough` says so. */
export async function exchange(
  app: FastifyInstance,
  bytes: string | Buffer,
  isEnough: (answer: string) => boolean = () => false,
): Promise<string> {
  const socket = await openSocket(app);
  let answer = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', (chunk) => {
    answer += String(chunk);
    if (isEnough(answer)) resolve();
  });
  socket.on('close', () => resolve());
  socket.write(bytes);
  await promise;
  socket.destroy();
  return answer;
}

/** Status codes of all answers in a text, in order. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
