import type { HistoryAnswer } from '@trending/schemas/http/tokens';

/** Seconds, then a column of ranks a token; null where it was not on the board. */
export type RankSeries = [number[], ...(number | null)[][]];

/** One time axis for all answers: every step at which any of the tokens was seen. */
export function rankSeries(answers: readonly HistoryAnswer[]): RankSeries {
  const ranks = answers.map(
    ({ points }) => new Map(points.map(({ at, bestRank }) => [Date.parse(at) / 1_000, bestRank])),
  );
  const times = [...new Set(ranks.flatMap((byTime) => [...byTime.keys()]))].sort((a, b) => a - b);
  return [times, ...ranks.map((byTime) => times.map((at) => byTime.get(at) ?? null))];
}
