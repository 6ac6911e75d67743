import { socketIoTransport } from '@trending/client/socket-io';
import { type BoardView, subscribeBoard, type Transport } from '@trending/client/subscribe';
import { until } from '@trending/runtime/testing';
import { expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

it.each(['websocket', socketIoTransport] as const)(
  'the client hears a gateway say goodbye over %o, and waits up to five seconds',
  async (transport: 'websocket' | Transport) => {
    const gateway = await startGateway();
    await gateway.publish(boardOf(tokens(3)));
    let shown: BoardView | undefined;
    let status = '';
    const waits: number[] = [];
    const subscription = subscribeBoard({
      ...{ endpoint: gateway.url, board, transport },
      environment: {
        now: () => Date.now(),
        random: () => 1,
        // Timers never ring: what was asked for is all that matters.
        after: (ms) => {
          waits.push(ms);
          return () => undefined;
        },
        isOnline: () => true,
        isVisible: () => true,
        onChange: () => () => undefined,
      },
      onBoard: (view) => {
        shown = view;
      },
      onStatus: (now) => {
        status = now;
      },
    });
    await until({ timeoutMs: 4_000, what: 'the board' }, () => shown);
    await gateway.stop();
    await until(
      { timeoutMs: 4_000, what: 'the end' },
      () => status === 'reconnecting' || undefined,
    );
    subscription.close();
    expect(waits.at(-1)).toBe(5_000);
  },
);
