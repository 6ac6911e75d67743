import { once } from 'node:events';
import { ManualClock } from '@trending/runtime/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

describe('pings of the plain WebSocket', () => {
  const clock = new ManualClock(1_700_000_100_000);
  let gateway: TestGateway;
  let socket: WebSocket;
  let heard: string[];

  async function follow(autoPong: boolean): Promise<void> {
    socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/trending`, { autoPong });
    heard = [];
    socket.on('ping', () => heard.push('ping'));
    socket.on('message', (data) => heard.push(JSON.parse(String(data)).type));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', board }));
    await once(socket, 'message');
  }

  let seq = 1;
  async function change(): Promise<void> {
    seq += 1;
    const told = once(socket, 'message');
    await gateway.publish(boardOf(tokens(3 - (seq % 2)), { seq }));
    await told;
  }

  beforeEach(async () => {
    gateway = await startGateway({ clock });
    await gateway.publish(boardOf(tokens(2), { seq: 1 }));
    seq = 1;
  });
  afterEach(async () => {
    socket.terminate();
    await gateway.stop();
  });

  test('leave with a frame every four seconds, and not again before they are answered', async () => {
    await follow(true);
    await change();
    expect(heard).toEqual(['snapshot', 'delta']);
    clock.advance(4_000);
    await change();
    await vi.waitFor(() => expect(heard.at(-1)).toBe('ping'));
    await change();
    expect(heard).toEqual(['snapshot', 'delta', 'delta', 'ping', 'delta']);
    clock.advance(4_000);
    // The answer to the first may still be on its way.
    await vi.waitFor(async () => {
      await change();
      expect(heard.filter((what) => what === 'ping')).toHaveLength(2);
    });
  });

  test('find who reads nothing: closed as slow ten seconds later', async () => {
    await follow(false);
    clock.advance(4_000);
    await change();
    await vi.waitFor(() => expect(heard.at(-1)).toBe('ping'));
    const closed = once(socket, 'close');
    clock.advance(9_999);
    await change();
    expect(socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1013, 'slow']);
  });
});
