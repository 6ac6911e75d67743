import type { AppError } from '@trending/runtime';
import { ManualClock, until } from '@trending/runtime/testing';
import { describe, expect, test } from 'vitest';
import { createProgressWatchdog } from '../src/index.ts';
import { quietLogger } from './support/quiet-logger.ts';

function watched(end: number, position: number) {
  const state = { end, position, answerMs: 0, waitsFor: undefined as string | undefined };
  const clock = new ManualClock(1_000_000);
  const stalls: AppError[] = [];
  const watchdog = createProgressWatchdog({
    log: {
      endOffsets: async () => {
        clock.advance(state.answerMs);
        return new Map([[3, state.end]]);
      },
    },
    positions: () => [{ topic: 't', partition: 3, position: state.position }],
    stalled: (error) => stalls.push(error),
    waitsFor: () => state.waitsFor,
    clock,
    logger: quietLogger,
    stallMs: 30_000,
  });
  const after = async (ms: number) => {
    clock.advance(ms);
    await watchdog.check();
    return stalls.length;
  };
  return { state, stalls, after };
}

describe('the progress watchdog', () => {
  test('reports a reader that stands for 30 s while records wait', async () => {
    const { after, stalls } = watched(10, 4);
    expect(await after(0)).toBe(0);
    expect(await after(29_999)).toBe(0);
    expect(await after(1)).toBe(1);
    expect(stalls[0]).toMatchObject({ code: 'STALLED', retriable: false });
    expect(stalls[0]?.message).toContain('t/3 has stood at offset 4');
  });

  test('a reader at the end may stand for ever, and gets its 30 s once records come', async () => {
    const { after, state } = watched(10, 10);
    expect(await after(0)).toBe(0);
    expect(await after(100_000)).toBe(0);
    state.end = 11;
    expect(await after(5_000)).toBe(0);
    expect(await after(24_000)).toBe(0);
    expect(await after(6_000)).toBe(1);
  });

  test('a reader that waits for what a restart would not mend may stand, and gets its 30 s once it does not', async () => {
    const { after, state } = watched(10, 4);
    await after(0);
    state.waitsFor = 'the registry is silent';
    expect(await after(100_000)).toBe(0);
    state.waitsFor = undefined;
    expect(await after(5_000)).toBe(0);
    expect(await after(29_999)).toBe(0);
    expect(await after(1)).toBe(1);
  });

  test('records that came while a slow answer was on its way are not taken for old ones', async () => {
    const { after, state } = watched(10, 10);
    await after(0);
    state.end = 11;
    state.answerMs = 31_000;
    expect(await after(2_000)).toBe(0);
    state.answerMs = 0;
    expect(await after(29_999)).toBe(0);
    expect(await after(1)).toBe(1);
  });

  test('a reader may have moved while a slow answer was on its way', async () => {
    const { after, state } = watched(10, 4);
    await after(0);
    state.answerMs = 31_000;
    expect(await after(2_000)).toBe(0);
    state.answerMs = 0;
    state.position = 5;
    expect(await after(2_000)).toBe(0);
  });

  test('a reader that moves a little is not stalled', async () => {
    const { after, state } = watched(1_000, 0);
    for (let i = 0; i < 10; i += 1) {
      state.position += 1;
      expect(await after(25_000)).toBe(0);
    }
  });

  test('a seek back counts as movement', async () => {
    const { after, state } = watched(10, 4);
    await after(0);
    state.position = 2;
    expect(await after(30_000)).toBe(0);
    expect(await after(30_000)).toBe(1);
  });

  test('a check that hangs is given up, and the next one finds the stall', async () => {
    const clock = new ManualClock(1_000_000);
    const stalls: AppError[] = [];
    let asked = 0;
    const watchdog = createProgressWatchdog({
      log: {
        endOffsets: () => {
          asked += 1;
          const hangs = asked === 2;
          return hangs
            ? Promise.withResolvers<never>().promise
            : Promise.resolve(new Map([[0, 9]]));
        },
      },
      positions: () => [{ topic: 't', partition: 0, position: 1 }],
      stalled: (error) => stalls.push(error),
      clock,
      logger: quietLogger,
      intervalMs: 1,
    });
    await watchdog.start();
    const times = (count: number) =>
      until({ timeoutMs: 1_000, what: `question ${count}` }, () => asked >= count || undefined);
    await times(2);
    clock.advance(20_000);
    await times(3);
    await until({ timeoutMs: 1_000, what: 'the stall' }, () => stalls.length > 0 || undefined);
    await watchdog.stop();
    expect(stalls[0]?.message).toContain('t/0');
  });
});
