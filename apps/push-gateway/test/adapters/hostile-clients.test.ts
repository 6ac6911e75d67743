import { once } from 'node:events';
import { createConnection } from 'node:net';
import { ManualClock } from '@trending/runtime/testing';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { boardOf, tokens } from '../support/boards.ts';
import { type PushClient, transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };
const sockets = transports.filter(({ name }) => name !== 'SSE');
const webSocket = transports[0]!;
const clock = new ManualClock(1_700_000_100_000);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ clock, env: { ALLOWED_ORIGINS: 'https://home.example' } });
  await gateway.publish(boardOf(tokens(3)));
});
afterAll(() => gateway.stop());

/** Still serves a newcomer. */
async function expectServing(): Promise<void> {
  const client = await webSocket.connect(gateway.url);
  client.subscribe({ board });
  expect((await client.next()).type).toBe('snapshot');
  client.close();
}

const nonsense: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['an array', []],
  ['a number', 7],
  ['no board', { type: 'subscribe' }],
  ['a board of numbers', { type: 'subscribe', board: { formula: 1, window: 2, scope: 3 } }],
  ['an unknown type', { type: 'eval', board }],
  ['a limit of zero', { type: 'subscribe', board, limit: 0 }],
  ['a limit in text', { type: 'subscribe', board, limit: '10' }],
  ['half a position', { type: 'subscribe', board, since: { epoch: 1 } }],
  ['a negative position', { type: 'subscribe', board, since: { epoch: -1, seq: 1 } }],
  ['a fractional position', { type: 'subscribe', board, since: { epoch: 0.5, seq: 1 } }],
  ['more than we know', { type: 'subscribe', board, admin: true }],
  ['an own __proto__', JSON.parse(`{"type":"subscribe","__proto__":{"board":{}}}`)],
  ['a scope of __proto__', { type: 'subscribe', board: { ...board, scope: '__proto__' } }],
];

describe.each(sockets)('$name', (transport) => {
  it.each(nonsense)('answers %s with an error frame and lives on', async (_what, value) => {
    const client = await transport.connect(gateway.url);
    client.sendRaw(value);
    expect((await client.next()).type).toBe('error');
    client.subscribe({ board });
    expect((await client.next()).type).toBe('snapshot');
    client.close();
    clock.advance(1_000);
  });

  it('holds at most 32 boards per connection, and a freed one may be used again', async () => {
    const client = await transport.connect(gateway.url);
    const scoped = (i: number) => ({ ...board, scope: `chain:c${i}` });
    for (let i = 0; i < 32; i += 1) {
      if (i % 16 === 0) clock.advance(1_000);
      client.subscribe({ board: scoped(i) });
      expect((await client.next()).type).toBe('snapshot');
    }
    clock.advance(1_000);
    client.subscribe({ board: scoped(32) });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'too-many-subscriptions' });
    client.unsubscribe(scoped(3));
    client.subscribe({ board: scoped(32) });
    expect((await client.next()).type).toBe('snapshot');
    client.close();
  });

  it('answers the 21st message of a second once, then is silent, then ends a flood', async () => {
    const client: PushClient = await transport.connect(gateway.url);
    clock.advance(1_000);
    for (let i = 0; i < 199; i += 1) client.subscribe({ board });
    for (let i = 0; i < 20; i += 1) expect((await client.next()).type).toBe('snapshot');
    expect(await client.next()).toMatchObject({ type: 'error', code: 'rate-limited' });
    for (let i = 0; i < 10; i += 1) client.subscribe({ board });
    expect(await client.ended).toBe('rate-limited');
    expect(client.waiting).toEqual([]);
    clock.advance(1_000);
    await expectServing();
  });
});

describe('the plain WebSocket', () => {
  const open = (headers: Record<string, string> = {}) =>
    new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/trending`, { headers });
  const closed = (socket: WebSocket) =>
    new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));

  it('ends a connection that sends more than 4 KiB at once', async () => {
    const socket = open();
    const end = closed(socket);
    socket.on('open', () => socket.send('x'.repeat(4_097)));
    expect(await end).toBe(1009);
    await expectServing();
  });

  it.each(['{', 'null', '"subscribe"', ''])('answers %j with an error frame', async (text) => {
    const client = await webSocket.connect(gateway.url);
    client.sendRaw(text);
    expect(await client.next()).toMatchObject({ type: 'error', code: 'bad-frame' });
    client.close();
  });

  it('answers binary with an error frame', async () => {
    const socket = open();
    const answer = new Promise((resolve) => socket.on('message', (data) => resolve(String(data))));
    socket.on('open', () => socket.send(Buffer.from([1, 2, 3])));
    expect(await answer).toContain('bad-frame');
    socket.terminate();
  });

  it('refuses a page of another origin', async () => {
    const refused = new Promise((resolve) =>
      open({ origin: 'https://evil.example' }).on('error', ({ message }) => resolve(message)),
    );
    expect(await refused).toContain('403');
    const friend = open({ origin: 'https://home.example' });
    await new Promise((resolve) => friend.on('open', resolve));
    friend.terminate();
  });

  it('survives bytes that are no frame', async () => {
    const { port } = new URL(gateway.url);
    const socket = createConnection(Number(port), '127.0.0.1');
    const lines = [
      'GET /ws/trending HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.from('0123456789abcdef').toString('base64')}`,
      '',
      '',
    ];
    const end = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.write(lines.join('\r\n'));
    socket.once('data', () => socket.write(Buffer.alloc(64, 0xff)));
    socket.resume();
    await end;
    await expectServing();
  });
});

describe('Socket.IO', () => {
  const connect = (options: object) =>
    new Promise<string>((resolve) => {
      const socket = io(`${gateway.url}/trending`, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        ...options,
      });
      socket.on('connect', () => resolve('connected'));
      socket.on('connect_error', () => resolve('refused'));
      socket.on('error-frame', () => undefined);
      after.push(() => socket.disconnect());
    });
  const after: (() => void)[] = [];
  afterAll(() => {
    for (const end of after) end();
  });

  it('refuses a page of another origin', async () => {
    expect(await connect({ extraHeaders: { origin: 'https://evil.example' } })).toBe('refused');
    expect(await connect({ extraHeaders: { origin: 'https://home.example' } })).toBe('connected');
  });

  /** Down to its messages; `send` is called with the number of each one that comes. */
  async function raw(send: (socket: WebSocket, text: string) => void): Promise<string[]> {
    const address = `${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address);
    const heard: string[] = [];
    socket.on('message', (data) => {
      heard.push(String(data));
      send(socket, String(data));
    });
    await once(socket, 'close');
    return heard;
  }

  it('ends a connection that tries again and again to join', async () => {
    const heard = await raw((socket) => socket.send('40/nowhere,'));
    expect(heard.length).toBeLessThanOrEqual(22);
    await expectServing();
  });

  it('ends a connection that has left', async () => {
    const heard = await raw((socket, text) => {
      if (text.startsWith('0')) socket.send('40/trending,');
      if (text.startsWith('40')) socket.send('41/trending,');
    });
    expect(heard).toHaveLength(2);
    await expectServing();
  });

  it('lets nobody into a namespace without boards', async () => {
    const heard = await raw((socket, text) => {
      if (text.startsWith('0')) socket.send('40');
      else socket.terminate();
    });
    expect(heard[1]).toMatch(/^44.*\/trending/);
  });

  it('offers no polling, which would need sticky routing', async () => {
    expect(await connect({ transports: ['polling'] })).toBe('refused');
    const answer = await fetch(`${gateway.url}/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(400);
  });
});
