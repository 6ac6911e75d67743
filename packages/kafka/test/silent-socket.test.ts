import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { endWhenSilent, silenceEndingSockets } from '../src/silent-socket.ts';

class Connection extends EventEmitter {
  readonly write = (_bytes: Uint8Array) => true;
  readonly destroy = vi.fn(() => this as never);

  ask(key = fetch): void {
    this.write(requestOf(key));
  }

  answer(): void {
    this.emit('data', frameOf(8));
  }
}

const [fetch, joinGroup, heartbeat] = [1, 11, 12];

function frameOf(size: number): Buffer {
  const frame = Buffer.alloc(4 + size);
  frame.writeInt32BE(size);
  return frame;
}

function requestOf(key: number): Buffer {
  const request = frameOf(10);
  request.writeInt16BE(key, 4);
  return request;
}

describe('a watched connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watched = (limitMs = 1_000) => {
    const connection = new Connection();
    endWhenSilent(connection as never, limitMs);
    return connection;
  };

  test('ends when something was asked and no byte comes for as long as the limit', () => {
    const connection = watched();
    connection.ask();
    vi.advanceTimersByTime(999);
    expect(connection.destroy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('ends although more and more is written into the void', () => {
    const connection = watched();
    for (let second = 0; second < 10; second += 1) {
      connection.ask();
      vi.advanceTimersByTime(100);
    }
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('ends when the next request went out right behind an answer, and nothing more', () => {
    const connection = watched();
    connection.ask();
    vi.advanceTimersByTime(250);
    connection.answer();
    connection.ask();
    vi.advanceTimersByTime(1_350);
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('ends when of two requests one is answered and the other never', () => {
    const connection = watched();
    connection.ask();
    connection.ask(heartbeat);
    connection.answer();
    vi.advanceTimersByTime(1_200);
    expect(connection.destroy).toHaveBeenCalledOnce();
  });

  test('is left alone while it is idle, however long', () => {
    const connection = watched();
    connection.ask();
    connection.ask();
    connection.answer();
    connection.answer();
    vi.advanceTimersByTime(600_000);
    expect(connection.destroy).not.toHaveBeenCalled();
  });

  test('is left alone while bytes come, however slowly an answer gets whole', () => {
    const connection = watched();
    connection.ask();
    const answer = frameOf(10);
    for (const byte of answer) {
      connection.emit('data', Buffer.of(byte));
      vi.advanceTimersByTime(900);
    }
    vi.advanceTimersByTime(600_000);
    expect(connection.destroy).not.toHaveBeenCalled();
  });

  test('ends after ten seconds when all that was asked is answered at once, after the limit when something may take its time', () => {
    const [prompt, patient] = [watched(25_000), watched(25_000)];
    prompt.ask(heartbeat);
    prompt.ask(fetch);
    patient.ask(heartbeat);
    patient.ask(joinGroup);
    vi.advanceTimersByTime(10_000);
    expect(prompt.destroy).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(14_999);
    expect(patient.destroy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    expect(patient.destroy).toHaveBeenCalledOnce();
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
