import { ManualClock, until } from '@trending/runtime/testing';
import type { Board, FrameItem } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../apps/push-gateway/test/support/boards.ts';
import {
  follow,
  type PushClient,
  transports,
} from '../apps/push-gateway/test/support/push-clients.ts';
import { startGateway, type TestGateway } from '../apps/push-gateway/test/support/test-gateway.ts';
import { SlowSocket } from '../bench/src/fanout/slow-socket.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };
const perHabit = 25;
const wires = { WebSocket: 'websocket', 'Socket.IO': 'socket.io', SSE: 'sse' } as const;

/** About 2 MB a frame, and every item of it differs from the version before. */
function hugeBoard(seq: number): Board {
  const plain = boardOf(tokens(20), { seq });
  const flags = [`${seq}`, 'x'.repeat(100_000)];
  return { ...plain, items: plain.items.map((item) => ({ ...item, flags })) };
}

describe.each(transports)(
  'fifty sockets that read nothing or a byte a second on $name',
  (transport) => {
    const clock = new ManualClock(1_700_000_100_000);
    const wire = wires[transport.name as keyof typeof wires];
    let gateway: TestGateway;
    let healthy: PushClient;
    let crowd: readonly SlowSocket[];

    beforeEach(async () => {
      gateway = await startGateway({ clock });
      healthy = await transport.connect(gateway.url);
      await gateway.publish(boardOf(tokens(20)));
      healthy.subscribe({ board });
      await healthy.next();
      const port = Number(new URL(gateway.url).port);
      const settings = { port, transport: wire, window: '1h', limit: 20 };
      crowd = (['stops', 'sips'] as const).flatMap((habit) =>
        Array.from({ length: perHabit }, () => new SlowSocket({ ...settings, habit })),
      );
      await Promise.all(crowd.map(({ subscribed }) => subscribed));
    });
    afterEach(async () => {
      for (const socket of crowd) socket.close();
      healthy.close();
      await gateway.stop();
    });

    const metric = async (name: string, ...labels: readonly string[]) => {
      const lines = (await (await fetch(`${gateway.url}/metrics`)).text()).split('\n');
      const found = lines.find(
        (line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)),
      );
      return Number(found?.split(' ').at(-1) ?? 0);
    };
    const own = `transport="${wire}"`;

    it('are all cut as slow and let go of, and the healthy client misses nothing', async () => {
      expect(await metric('trending_push_clients', own)).toBe(crowd.length + 1);
      const first: readonly FrameItem[] = boardOf(tokens(20)).items;
      let held = { epoch: 0, seq: 1, items: first };
      for (let seq = 2; seq <= 9; seq += 1) {
        await gateway.publish(hugeBoard(seq));
        held = { ...held, ...follow(held, await healthy.next()) };
      }
      expect(held.seq).toBe(9);
      // Whatever is above one MiB is cut at once; what stays below has ten seconds.
      clock.advance(10_000);
      await until({ timeoutMs: 10_000, what: 'the last cut' }, async () =>
        (await metric('trending_push_closed_total', own, 'reason="slow"')) === crowd.length
          ? true
          : undefined,
      );
      await until({ timeoutMs: 10_000, what: 'their connections to be let go of' }, async () =>
        (await metric('trending_push_clients', own)) === 1 ? true : undefined,
      );
      await gateway.publish(boardOf(tokens(3), { seq: 10 }));
      expect(await healthy.next()).toMatchObject({ type: 'delta', seq: 10 });
    });
  },
);
