import { applyDelta, type FrameItem } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel } from '../../src/domain/channel.ts';
import { boardOf } from '../support/boards.ts';

const ref = { formula: 'trending', window: '1h', scope: 'all' };

function versionOf(tokens: readonly string[], epoch: number, seq: number) {
  const board = boardOf(tokens, { epoch, seq });
  return { key: 'trending|1h|all', board, items: board.items as readonly FrameItem[] };
}

describe('a channel', () => {
  it('encodes a frame once, however often it is asked for', () => {
    const channel = new Channel(ref, 10);
    channel.publish(versionOf(['eth:a'], 1, 1), 7);
    const frame = channel.snapshot(8);
    expect(channel.snapshot(9)).toBe(frame);
    let calls = 0;
    const encode = () => {
      calls += 1;
      return 'packet';
    };
    frame.encoded('x', encode);
    frame.encoded('x', encode);
    expect(calls).toBe(1);
  });

  it('keeps its position while the shown places stay the same, and tells age and times of the newest version', () => {
    const channel = new Channel(ref, 10);
    channel.publish(versionOf(['eth:a'], 1, 1), 7);
    expect(channel.publish(versionOf(['eth:a'], 1, 2), 8)).toBe(false);
    const beat = channel.heartbeat(1_700_000_000_012).frame;
    expect(beat).toMatchObject({ epoch: 1, seq: 1, staleMs: 10 });
    expect([beat.receivedAt, beat.scoredAt, beat.pushedAt]).toEqual([
      1_699_999_999_982, 1_700_000_000_002, 1_700_000_000_012,
    ]);
  });

  it('remembers a bounded number of deltas', () => {
    const channel = new Channel(ref, 10);
    for (let seq = 1; seq <= 100; seq += 1) channel.publish(versionOf([`eth:${seq}`], 1, seq), seq);
    expect(channel.missedSince({ epoch: 1, seq: 36 })).toHaveLength(64);
    expect(channel.missedSince({ epoch: 1, seq: 35 })).toBeUndefined();
  });

  it('is empty again after it was cleared, and starts anew', () => {
    const channel = new Channel(ref, 10);
    channel.publish(versionOf(['eth:a'], 4, 3), 7);
    channel.clear();
    expect(channel.snapshot(9).frame).toMatchObject({ epoch: 0, seq: 0, items: [] });
    expect(channel.publish(versionOf(['eth:a'], 4, 4), 8)).toBe(true);
  });

  it('continues from any version exactly or not at all', () => {
    const step = fc.record({
      newEpoch: fc.boolean(),
      skipped: fc.integer({ min: 1, max: 3 }),
      tokens: fc.uniqueArray(fc.constantFrom('a:1', 'a:2', 'a:3', 'a:4'), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const channel = new Channel(ref, 10);
        const seen = [{ position: channel.position, items: channel.snapshot(0).frame.items }];
        let [epoch, seq] = [1, 0];
        for (const { newEpoch, skipped, tokens } of steps) {
          if (newEpoch) [epoch, seq] = [epoch + 1, 0];
          seq += skipped;
          channel.publish(versionOf(tokens, epoch, seq), 0);
          seen.push({ position: channel.position, items: channel.snapshot(0).frame.items });
        }
        const now = channel.snapshot(0).frame.items;
        for (const { position, items } of seen) {
          const missed = channel.missedSince(position);
          expect(missed === undefined).toBe(position.epoch !== channel.position.epoch);
          if (missed === undefined) continue;
          const after = missed.reduce((held, { frame }) => applyDelta(held, frame.ops), items);
          expect(after).toEqual(now);
        }
      }),
    );
  });
});
