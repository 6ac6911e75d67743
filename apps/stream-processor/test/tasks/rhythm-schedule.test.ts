import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError, createLogger, Registry } from '@trending/runtime';
import { createLatch, ManualClock } from '@trending/runtime/testing';
import { afterEach, describe, expect, test } from 'vitest';
import {
  ownerLookMs,
  RhythmSchedule,
  type RhythmScheduleSettings,
  refreshEveryMs,
} from '../../src/tasks/rhythm-schedule.ts';
import type { RhythmReport } from '../../src/tasks/rhythms.ts';

const report: RhythmReport = { tokens: 3, told: 2, removed: 1 };
const started: RhythmSchedule[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

/** A schedule on a clock that tests own: `pass` lets it look as often as it would in that time. */
function world(given: Partial<RhythmScheduleSettings> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const metrics = new Registry();
  const crashes: unknown[] = [];
  let waiting: (() => void) | undefined;
  let runs = 0;
  const schedule = new RhythmSchedule({
    isOwner: () => true,
    clock,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics,
    crash: (error) => crashes.push(error),
    delay: (ms, signal) =>
      new Promise((resolve) => {
        expect(ms).toBe(ownerLookMs);
        if (signal.aborted) resolve();
        waiting = resolve;
        signal.addEventListener('abort', () => resolve());
      }),
    ...given,
    refresh: async (signal) => {
      runs += 1;
      return (await given.refresh?.(signal)) ?? report;
    },
  });
  started.push(schedule);
  schedule.start();
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) {
      await nextTurn();
      waiting?.();
    }
  };
  return { schedule, metrics, crashes, pass, runs: () => runs };
}

const away = () =>
  new AppError({ code: 'CLICKHOUSE_UNAVAILABLE', message: 'away', retriable: true });

describe('the schedule of weeks', () => {
  test('runs at start and every six hours, and tells what it found', async () => {
    const { metrics, pass, runs } = world();
    await pass(0);
    expect(runs()).toBe(1);
    const text = await metrics.metrics();
    expect(text).toContain('trending_week_rhythm_tokens 3');
    expect(text).toContain('trending_week_rhythm_last_run_timestamp_seconds 1700000000');
    await pass(refreshEveryMs - 1);
    expect(runs()).toBe(1);
    await pass(1);
    expect(runs()).toBe(2);
  });

  test('is one member’s: another begins when it becomes the owner', async () => {
    let isOwner = false;
    const { pass, runs } = world({ isOwner: () => isOwner });
    await pass(refreshEveryMs);
    expect(runs()).toBe(0);
    isOwner = true;
    await pass(0);
    expect(runs()).toBe(1);
  });

  test('tries again after half a minute and then less and less often, for as long as ClickHouse is away', async () => {
    let isAway = true;
    const { crashes, metrics, pass, runs } = world({
      refresh: async () => {
        if (isAway) throw away();
        return report;
      },
    });
    await pass(0);
    expect(runs()).toBe(1);
    await pass(30_000);
    expect(runs()).toBe(2);
    await pass(30_000);
    expect(runs()).toBe(2);
    await pass(30_000);
    expect(runs()).toBe(3);
    for (let i = 0; i < 20; i += 1) await pass(600_000);
    expect(runs()).toBeGreaterThan(20);
    isAway = false;
    await pass(600_000);
    const after = runs();
    await pass(600_000);
    expect(runs()).toBe(after);
    expect(crashes).toEqual([]);
    expect(await metrics.metrics()).toContain(`trending_week_rhythm_failures_total ${after - 1}`);
  });

  test('ends the process over what nobody expected', async () => {
    const { crashes, pass, runs } = world({
      refresh: async () => {
        throw new TypeError('not a function');
      },
    });
    await pass(0);
    await pass(refreshEveryMs);
    expect(crashes).toEqual([new TypeError('not a function')]);
    expect(runs()).toBe(1);
  });

  test('stops in the middle of a run, which is told to end', async () => {
    const begun = createLatch();
    const { schedule, crashes, metrics } = world({
      refresh: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          begun.open();
        }),
    });
    await begun.opened;
    await schedule.stop();
    expect(crashes).toEqual([]);
    expect(await metrics.metrics()).toContain('trending_week_rhythm_failures_total 0');
  });
});
