import type { RankFormula } from '../../domain/board.ts';
import { hourWeights } from '../../domain/hour-rules.ts';
import type { Features, Scorer } from '../../domain/scorer.ts';

const micro = 1_000_000;
const visitorsMin = 8;
const scoreMax = 1e9;

/** Formulas that others use, from the same features: no board serves them, they stand beside ours in the evaluation. */
export const baselines: readonly RankFormula[] = [
  baseline('rate', ({ views, viewsPrev }) => views / Math.max(1, viewsPrev)),
  baseline('z-score', (features) => {
    const usual = usualViews(features);
    const phi = Math.max(0.02, features.phiSum / micro / Math.max(1, features.phiCount));
    return (features.views - usual) / Math.sqrt(usual + phi * usual * usual + 1);
  }),
  // mastodon/mastodon, app/models/trends/tags.rb: visitors against the day before, here in the same hour.
  baseline('mastodon', ({ visitors, sameHour }) => {
    const expected = Math.max(1, sameHour / 60);
    return visitors <= expected ? 0 : (visitors - expected) ** 2 / expected;
  }),
];

function baseline(id: string, points: (features: Features) => number): RankFormula {
  const scorer: Scorer = {
    partNames: [id],
    isEligible: ({ visitors }) => visitors >= visitorsMin,
    parts: (features) => [Math.floor(Math.min(scoreMax, points(features)) * micro)],
  };
  return { ref: { id, version: 1, hash: id }, text: id, scorer };
}

/** Mean views an hour, newer hours weighing more. */
function usualViews({ histH, histMinutes }: Features): number {
  let weights = 0;
  for (const weight of hourWeights.slice(0, Math.ceil(histMinutes / 60))) weights += 60 * weight;
  return weights === 0 ? 0 : histH / weights;
}
