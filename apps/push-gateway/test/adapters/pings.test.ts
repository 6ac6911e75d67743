import { once } from 'node:events';
import { ManualClock } from '@trending/runtime/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

/** A client down to its messages, so that its pongs are ours to leave out. */
interface Peer {
  readonly socket: WebSocket;
  /** Types of frames and "ping", in the order they came. */
  readonly heard: string[];
}

async function plainPeer(url: string, autoPong: boolean): Promise<Peer> {
  const socket = new WebSocket(`${url}/ws/trending`, { autoPong });
  const heard: string[] = [];
  socket.on('ping', () => heard.push('ping'));
  socket.on('message', (data) => heard.push(JSON.parse(String(data)).type));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', board }));
  return { socket, heard };
}

/** Engine.IO protocol 4 under Socket.IO protocol 5: 0 open, 2 ping, 3 pong, 40 connect, 42 event. */
async function socketIoPeer(url: string, answers: boolean): Promise<Peer> {
  const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  socket.on('message', (data) => {
    const text = String(data);
    if (text.startsWith('0')) socket.send('40/trending,');
    if (text.startsWith('40'))
      socket.send(`42/trending,${JSON.stringify(['subscribe', { board }])}`);
    if (text === '2') heard.push('ping');
    if (text === '2' && answers) socket.send('3');
    if (text.startsWith('42')) heard.push(JSON.parse(text.slice(text.indexOf('[')))[1].type);
  });
  await once(socket, 'open');
  return { socket, heard };
}

describe.each([
  { name: 'the plain WebSocket', peerOf: plainPeer, closed: { code: 1013, reason: 'slow' } },
  // Whoever reads nothing would not read a farewell: its socket is destroyed.
  { name: 'Socket.IO', peerOf: socketIoPeer, closed: { code: 1006, reason: '' } },
])('pings of $name', ({ peerOf, closed }) => {
  const clock = new ManualClock(1_700_000_100_000);
  let gateway: TestGateway;
  let peer: Peer;
  let seq = 1;

  async function follow(answers: boolean): Promise<void> {
    peer = await peerOf(gateway.url.replace('http', 'ws'), answers);
    await vi.waitFor(() => expect(peer.heard).toEqual(['snapshot']));
  }

  async function change(): Promise<void> {
    seq += 1;
    const deltas = () => peer.heard.filter((what) => what === 'delta').length;
    const before = deltas();
    await gateway.publish(boardOf(tokens(3 - (seq % 2)), { seq }));
    await vi.waitFor(() => expect(deltas()).toBe(before + 1));
  }

  beforeEach(async () => {
    gateway = await startGateway({ clock });
    await gateway.publish(boardOf(tokens(2), { seq: 1 }));
    seq = 1;
  });
  afterEach(async () => {
    peer.socket.terminate();
    await gateway.stop();
  });

  test('leave with a frame every four seconds, and not again before they are answered', async () => {
    await follow(true);
    await change();
    expect(peer.heard).toEqual(['snapshot', 'delta']);
    clock.advance(4_000);
    await change();
    await vi.waitFor(() => expect(peer.heard.at(-1)).toBe('ping'));
    await change();
    expect(peer.heard).toEqual(['snapshot', 'delta', 'delta', 'ping', 'delta']);
    clock.advance(4_000);
    // The answer to the first may still be on its way.
    await vi.waitFor(async () => {
      await change();
      expect(peer.heard.filter((what) => what === 'ping')).toHaveLength(2);
    });
  });

  test('do not leave with one and the same frame for all who came together', async () => {
    await follow(true);
    const first = peer;
    await follow(true);
    const both = [peer, first];
    for (let step = 1; step <= 8; step += 1) {
      clock.advance(500);
      await change();
      const deltas = () => first.heard.filter((what) => what === 'delta').length;
      await vi.waitFor(() => expect(deltas()).toBe(step));
    }
    await vi.waitFor(() => expect(both.every(({ heard }) => heard.includes('ping'))).toBe(true));
    first.socket.terminate();
    // The second one's turn is early; the first one has the full four seconds. Before the deltas there was a snapshot.
    expect(both.map(({ heard }) => heard.indexOf('ping') - 1)).toEqual([4, 8]);
  });

  test('leave alone when no frame comes', async () => {
    await follow(true);
    clock.advance(4_500);
    await vi.waitFor(() => expect(peer.heard).toEqual(['snapshot', 'ping']), 3_000);
  });

  test('find who reads nothing: closed as slow nine seconds later', async () => {
    await follow(false);
    clock.advance(4_000);
    await change();
    await vi.waitFor(() => expect(peer.heard.at(-1)).toBe('ping'));
    const ended = once(peer.socket, 'close');
    clock.advance(8_999);
    await change();
    expect(peer.socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    const [code, reason] = await ended;
    expect({ code, reason: String(reason) }).toEqual(closed);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^trending_push_closed_total\{[^}]*reason="slow"[^}]*\} 1$/m);
  });
});
