import type { NabSeries } from './nab-data.ts';

/** Level of a series at a time, ms. */
export interface Level {
  readonly at: number;
  readonly level: number;
}

/** False alarms allowed, per series and week. */
export const budgets = [0.5, 1, 2] as const;

export interface NabResult {
  readonly windows: number;
  /** Windows found, by budget, with one threshold for all series; and the false alarms that it made, per series and week. */
  readonly hits: readonly {
    readonly budget: number;
    readonly threshold: number;
    readonly hits: number;
    readonly falseAlarms: number;
  }[];
}

const blockMs = 6 * 3_600_000;
const weekMs = 7 * 86_400_000;
const warmUpMs = 3 * 86_400_000;
/** Windows that reach beyond this half of the data are not judged: nor is what lies behind their beginning. */
const cutTickers: ReadonlySet<string> = new Set(['CRM', 'CVS']);
const cutAt = Date.UTC(2015, 2, 25, 21);

/**
 * Recall of labelled windows: a window is found when its greatest level is above the threshold. Outside windows each block of six
 * hours is one possible false alarm, by its greatest level; the threshold is the first block beyond the budget, unless thresholds are
 * `given`, by budget: those of series that are not among the judged ones tell what they are worth elsewhere.
 */
export function judgeNab(
  series: readonly NabSeries[],
  levels: ReadonlyMap<string, readonly Level[]>,
  given: readonly number[] = [],
): NabResult {
  const blocks: number[] = [];
  const peaks: number[] = [];
  let weeks = 0;
  for (const one of series) {
    const judged = judgedLevels(one, levels.get(one.ticker) ?? []);
    weeks += judged.length === 0 ? 0 : ((judged.at(-1)?.at ?? 0) - (judged[0]?.at ?? 0)) / weekMs;
    blocks.push(...blockPeaks(one, judged));
    for (const [start, end] of one.windows)
      peaks.push(peakOf(judged.filter(({ at }) => at >= start && at <= end)));
  }
  blocks.sort((a, b) => b - a);
  return {
    windows: peaks.length,
    hits: budgets.map((budget, index) => {
      const threshold = given[index] ?? blocks[Math.floor(budget * weeks)] ?? 0;
      const above = (tops: readonly number[]) => tops.filter((top) => top > threshold).length;
      return { budget, threshold, hits: above(peaks), falseAlarms: above(blocks) / weeks };
    }),
  };
}

function judgedLevels({ ticker, points }: NabSeries, levels: readonly Level[]): Level[] {
  const from = (points[0]?.at ?? 0) + warmUpMs;
  const to = cutTickers.has(ticker) ? cutAt : Number.POSITIVE_INFINITY;
  return levels.filter(({ at }) => at >= from && at < to);
}

function blockPeaks({ windows }: NabSeries, levels: readonly Level[]): number[] {
  const peaks = new Map<number, number>();
  for (const { at, level } of levels) {
    if (windows.some(([start, end]) => at >= start && at <= end)) continue;
    const block = Math.floor(at / blockMs);
    peaks.set(block, Math.max(peaks.get(block) ?? 0, level));
  }
  return [...peaks.values()];
}

function peakOf(levels: readonly Level[]): number {
  return levels.reduce((peak, { level }) => Math.max(peak, level), Number.NEGATIVE_INFINITY);
}
