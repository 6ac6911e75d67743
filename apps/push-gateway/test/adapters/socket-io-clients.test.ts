import { ManualClock } from '@trending/runtime/testing';
import type { ServerFrame } from '@trending/schemas';
import { io as newest } from 'socket.io-client';
// @ts-expect-error its types are not reachable through its package.json
import { io as client40 } from 'socket.io-client-4.0';
import { io as client45 } from 'socket.io-client-4.5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { follow } from '../support/push-clients.ts';
import { rawUpgrade } from '../support/raw-upgrade.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

/** The part of the library's interface that did not change over the versions. */
interface AnySocket {
  on(event: string, listener: (payload: never) => void): unknown;
  emit(event: string, payload: unknown): unknown;
  disconnect(): unknown;
}
type Connect = (url: string, options: Record<string, unknown>) => AnySocket;

describe.each([
  ['4.0', client40 as Connect],
  ['4.5', client45 as Connect],
  ['4.8', newest as Connect],
])('Socket.IO’s own client %s', (_version, connect) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ clock: new ManualClock(1_700_000_100_000) });
    await gateway.publish(boardOf(tokens(3)));
  });
  afterAll(() => gateway.stop());

  it('gets snapshot, delta and the reason of the end', async () => {
    const socket = connect(`${gateway.url}/trending`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    const next = (event: string) =>
      new Promise<ServerFrame>((resolve) => socket.on(event, (frame: never) => resolve(frame)));
    await next('connect');
    socket.emit('subscribe', { board });
    const held = follow(undefined, await next('snapshot'));
    const delta = next('delta');
    await gateway.publish(boardOf(tokens(4), { seq: 2 }));
    expect(follow(held, await delta).items).toHaveLength(4);
    const bye = next('bye');
    await gateway.hub.stop();
    expect(await bye).toEqual({ reason: 'shutdown' });
    socket.disconnect();
  });
});

describe('the protocol of Socket.IO 2', () => {
  it('is refused before the upgrade, with a reason', async () => {
    const gateway = await startGateway();
    const answer = await rawUpgrade(gateway.url, '/socket.io/?EIO=3&transport=websocket');
    expect(answer.head).not.toContain(' 101 ');
    expect(`${answer.head}${answer.body}`).toMatch(/400|Unsupported protocol version/);
    await gateway.stop();
  });
});
