import type { EachBatchPayload } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BatchHeartbeats } from '../src/batch-heartbeats.ts';

describe('the heartbeats of a batch', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  const beating = () => {
    const heartbeat = vi.fn(() => Promise.resolve());
    return new BatchHeartbeats(
      { heartbeat } as Partial<EachBatchPayload> as EachBatchPayload,
      vi.fn(),
    );
  };

  /** Does other work of the event loop have its turn during a heartbeat? */
  const yields = async (beats: BatchHeartbeats) => {
    let hasTurned = false;
    const turn = setImmediate(() => {
      hasTurned = true;
    });
    await beats.beat();
    clearImmediate(turn);
    return hasTurned;
  };

  test('keep nobody waiting who has worked for a moment only', async () => {
    expect(await yields(beating())).toBe(false);
  });

  test('give the event loop a turn after every few milliseconds of work', async () => {
    const beats = beating();
    vi.advanceTimersByTime(5);
    expect(await yields(beats)).toBe(true);
    expect(await yields(beats)).toBe(false);
    vi.advanceTimersByTime(5);
    expect(await yields(beats)).toBe(true);
  });
});
