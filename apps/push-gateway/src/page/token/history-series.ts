import type { HistoryAnswer } from '@trending/schemas/http/tokens';

const stepMs: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};
const pointsMax = 3_000;

/** Columns as the chart wants them: seconds, views, visitors, best rank (null where off the board). */
export type HistorySeries = [number[], number[], number[], (number | null)[]];

/** The answer leaves empty steps out; a chart must show them as zero, not as a line across. */
export function historySeries(answer: HistoryAnswer): HistorySeries {
  const step = stepMs[answer.step] ?? 60_000;
  const byStep = new Map(
    answer.points.map((point) => [Math.floor(Date.parse(point.at) / step), point]),
  );
  const first = Math.ceil(Date.parse(answer.from) / step);
  const last = Math.min(Math.floor(Date.parse(answer.to) / step), first + pointsMax);
  const series: HistorySeries = [[], [], [], []];
  for (let at = first; at <= last; at += 1) {
    const point = byStep.get(at);
    series[0].push((at * step) / 1_000);
    series[1].push(point?.views ?? 0);
    series[2].push(point?.visitors ?? 0);
    series[3].push(point?.bestRank ?? null);
  }
  return series;
}
