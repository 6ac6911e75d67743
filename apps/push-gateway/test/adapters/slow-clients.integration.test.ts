import { ManualClock, until } from '@trending/runtime/testing';
import type { Board, FrameItem } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { follow, type PushClient, transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

/** About 2 MB a frame, and every item of it differs from the version before. */
function hugeBoard(seq: number): Board {
  const plain = boardOf(tokens(20), { seq });
  const flags = [`${seq}`, 'x'.repeat(100_000)];
  return { ...plain, items: plain.items.map((item) => ({ ...item, flags })) };
}

describe.each(transports)('a client that stops reading $name', (transport) => {
  const clock = new ManualClock(1_700_000_100_000);
  let gateway: TestGateway;
  let frozen: PushClient;
  let healthy: PushClient;

  beforeEach(async () => {
    gateway = await startGateway({ clock });
    [frozen, healthy] = await Promise.all([
      transport.connect(gateway.url),
      transport.connect(gateway.url),
    ]);
    await gateway.publish(boardOf(tokens(20)));
    for (const client of [frozen, healthy]) client.subscribe({ board });
    await Promise.all([frozen.next(), healthy.next()]);
  });
  afterEach(async () => {
    frozen.close();
    healthy.close();
    await gateway.stop();
  });

  const closedSlow = async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    return /^trending_push_closed_total\{[^}]*reason="slow"[^}]*\} (\d+)/m.exec(metrics)?.[1];
  };

  it('is cut within its deadline, and the healthy one misses nothing', async () => {
    frozen.freeze();
    const first: readonly FrameItem[] = boardOf(tokens(20)).items;
    let held = { epoch: 0, seq: 1, items: first };
    for (let seq = 2; seq <= 9; seq += 1) {
      await gateway.publish(hugeBoard(seq));
      const frame = await healthy.next();
      expect(frame.type).toBe('delta');
      held = { ...held, ...follow(held, frame) };
    }
    expect(held.seq).toBe(9);
    // Whatever is above one MiB is cut at once; what stays below has ten seconds.
    clock.advance(10_000);
    const cut = await until({ timeoutMs: 4_000, what: 'the cut' }, closedSlow);
    expect(cut).toBe('1');
    await gateway.publish(boardOf(tokens(3), { seq: 10 }));
    expect(await healthy.next()).toMatchObject({ type: 'delta', seq: 10 });
  });
});
