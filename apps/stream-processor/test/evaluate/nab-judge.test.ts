import { describe, expect, test } from 'vitest';
import type { NabSeries } from '../../src/evaluate/nab/nab-data.ts';
import { judgeNab, type Level } from '../../src/evaluate/nab/nab-judge.ts';

const start = Date.UTC(2015, 1, 26);
const hourMs = 3_600_000;
/** Two weeks, of which three days are warm-up: eleven days, 44 blocks of six hours. */
const hours = 14 * 24;

/** A series with levels every hour: `quiet` but for the hours named, and one window of six hours. */
function seriesOf(ticker: string, levels: { readonly [hour: number]: number }, quiet: number) {
  const at = (hour: number) => start + hour * hourMs;
  const points = Array.from({ length: hours }, (_, hour) => ({ at: at(hour), count: 1 }));
  const series: NabSeries = { ticker, points, windows: [[at(240), at(245)]] };
  const found: Level[] = points.map((point, hour) => ({
    at: point.at,
    level: levels[hour] ?? quiet,
  }));
  return { series, levels: [ticker, found] as const };
}

function judged(all: readonly ReturnType<typeof seriesOf>[], given?: readonly number[]) {
  const levels = new Map(all.map((one) => one.levels));
  return judgeNab(
    all.map(({ series }) => series),
    levels,
    given,
  );
}

describe('alarms on labelled counts', () => {
  const calm = seriesOf('CALM', { 100: 4, 150: 3, 241: 3.5 }, 1);
  const wild = seriesOf('WILD', { 100: 9, 130: 8, 160: 7, 190: 6, 220: 5, 241: 5.5 }, 2);

  test('are found above the first block beyond the budget', () => {
    const { windows, hits } = judged([calm]);
    expect(windows).toBe(1);
    expect(hits.map(({ threshold }) => threshold)).toEqual([4, 3, 1]);
    expect(hits.map((one) => one.hits)).toEqual([0, 1, 1]);
  });

  test('never exceed the budget that their own threshold was taken for', () => {
    for (const all of [[calm], [wild], [calm, wild]])
      for (const { budget, falseAlarms } of judged(all).hits)
        expect(falseAlarms).toBeLessThanOrEqual(budget);
  });

  test('of series that had no part in a threshold show what it costs there', () => {
    const thresholds = judged([calm]).hits.map(({ threshold }) => threshold);
    const elsewhere = judged([wild], thresholds);
    expect(elsewhere.hits.map(({ threshold }) => threshold)).toEqual(thresholds);
    expect(elsewhere.hits.map((one) => one.hits)).toEqual([1, 1, 1]);
    // Its own thresholds would not show that five of its blocks, and then all of them, are above these.
    const weeks = (hours - 1 - 72) / 168;
    expect(elsewhere.hits.map(({ falseAlarms }) => falseAlarms * weeks)).toEqual([5, 5, 43]);
    expect(judged([wild]).hits.map((one) => one.hits)).toEqual([0, 0, 0]);
  });

  test('in the warm-up and inside windows are no false ones', () => {
    const early = seriesOf('EARLY', { 10: 99, 240: 99 }, 1);
    expect(judged([early]).hits.map(({ threshold }) => threshold)).toEqual([1, 1, 1]);
    expect(judged([early]).hits.map((one) => one.hits)).toEqual([1, 1, 1]);
  });
});
