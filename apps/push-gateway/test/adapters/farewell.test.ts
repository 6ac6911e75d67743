import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { boardOf, tokens } from '../support/boards.ts';
import { transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

describe('the end of the process, port first', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startGateway();
    await gateway.publish(boardOf(tokens(3)));
  });
  afterEach(() => gateway.stop());

  it.each(transports)('is told over $name', async (transport) => {
    const client = await transport.connect(gateway.url);
    client.subscribe({ board });
    await client.next();
    await gateway.stop();
    expect(await client.ended).toBe('shutdown');
  });

  it('is told to who is connected with code 1001', async () => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws/trending`);
    await once(socket, 'open');
    const ended = once(socket, 'close');
    await gateway.stop();
    const [code, reason] = await ended;
    expect([code, String(reason)]).toEqual([1001, 'shutdown']);
  });

  it.each(transports)('does not wait for who no longer reads $name', async (transport) => {
    const client = await transport.connect(gateway.url);
    client.subscribe({ board });
    await client.next();
    client.freeze();
    const before = performance.now();
    await gateway.stop();
    expect(performance.now() - before).toBeLessThan(3_000);
    client.close();
  });

  it('does not wait for who never said what it wants', async () => {
    const socket = new WebSocket(
      `${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    );
    await once(socket, 'open');
    socket.pause();
    await gateway.stop();
    socket.terminate();
  });
});
