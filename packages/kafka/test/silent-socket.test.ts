import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { endWhenSilent, silenceEndingSockets } from '../src/silent-socket.ts';

class Connection extends EventEmitter {
  bytesRead = 0;
  bytesWritten = 0;
  readonly destroy = vi.fn(() => this as never);
}

describe('a watched connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watched = () => {
    const connection = new Connection();
    endWhenSilent(connection as never, 1_000);
    return connection;
  };

  test('ends when something was asked and no byte comes for as long as the limit', () => {
    const connection = watched();
    connection.bytesWritten += 10;
    vi.advanceTimersByTime(999);
    expect(connection.destroy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('ends although more and more is written into the void', () => {
    const connection = watched();
    for (let second = 0; second < 10; second += 1) {
      connection.bytesWritten += 10;
      vi.advanceTimersByTime(100);
    }
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('is left alone while it is idle, however long', () => {
    const connection = watched();
    connection.bytesWritten += 10;
    connection.bytesRead += 10;
    vi.advanceTimersByTime(600_000);
    expect(connection.destroy).not.toHaveBeenCalled();
  });

  test('is left alone while bytes come, however slowly an answer gets whole', () => {
    const connection = watched();
    connection.bytesWritten += 10;
    for (let piece = 0; piece < 10; piece += 1) {
      connection.bytesRead += 1;
      vi.advanceTimersByTime(900);
    }
    expect(connection.destroy).not.toHaveBeenCalled();
  });

  test('is watched no longer once it is closed', () => {
    const connection = watched();
    connection.emit('close');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a connection into a black hole is closed with the reason', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const asked = { host: '127.0.0.1', port, ssl: {}, onConnect: () => undefined };
  const socket = silenceEndingSockets(50)(asked);
  socket.write('is anybody there?');
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toBe('no byte of an answer for 50 ms');
});

test.each([
  [true, 22],
  [undefined, undefined],
])('with ssl %s the first byte sent is %s, of a TLS greeting or none', async (ssl, greeting) => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const connect = silenceEndingSockets(10_000);
  const socket = connect({
    host: '127.0.0.1',
    port,
    ssl: ssl as never,
    onConnect: () => undefined,
  });
  socket.on('error', () => undefined);
  const [peer] = await accepted;
  const first = once(peer, 'data').then(([bytes]) => bytes[0]);
  if (ssl === undefined) socket.end();
  expect(await Promise.race([first, once(peer.resume(), 'end').then(() => undefined)])).toBe(
    greeting,
  );
  socket.destroy();
  peer.destroy();
});
