export const fullWeightMicro = 1_000_000;

export interface WeightFacts {
  readonly isRobot: boolean;
  readonly dwellMs: number | null;
  readonly source: string;
}

/** A view that ended at once, when the dwell time is known: bounce floods are the cheapest fake. */
const bounceMicro = 250_000;
/** A click on a trending list is an effect of the rank, not its cause. */
const trendingListMicro = 500_000;

/** Quality weight of a view in millionths: product of the factors device, visit, source, rounded down after each. Never above full. */
export function weightMicro({ isRobot, dwellMs, source }: WeightFacts): number {
  if (isRobot) return 0;
  const visit = dwellMs === 0 ? bounceMicro : fullWeightMicro;
  const origin = source === 'trending_list' ? trendingListMicro : fullWeightMicro;
  return Math.floor((visit * origin) / fullWeightMicro);
}
