import type { FeatureSet } from '@trending/schemas';
import { trendingFormula } from '../domain/formula.ts';
import { placePrices } from '../domain/place-price.ts';
import { rankFormulaOf } from './rank-formulas.ts';
import type { RankMetrics } from './rank-metrics.ts';

/** Tells what the first ten places of `trending` would cost an attacker now, by the formula in force; once a window's features are gathered, so once a minute. */
export function measurePrices(metrics: RankMetrics, sets: readonly FeatureSet[]): void {
  for (const set of sets) {
    const formula = set.formulas
      .map((text) => JSON.parse(text) as typeof trendingFormula)
      .find(({ id }) => id === trendingFormula.id);
    if (formula === undefined) continue;
    for (const [attacker, { visitors, networks }] of placePrices(set, rankFormulaOf(formula))) {
      const labels = { attacker, window: set.window };
      metrics.priceVisitors.set(labels, visitors ?? Number.POSITIVE_INFINITY);
      metrics.priceNetworks.set(labels, networks ?? Number.POSITIVE_INFINITY);
    }
  }
}
