import { type Board, boardKey, type FeatureSet, scopeAll, windows } from '@trending/schemas';
import { trendingFormula } from '../domain/formula.ts';
import { placePrices } from '../domain/place-price.ts';
import { rankFormulaOf } from './rank-formulas.ts';
import type { RankMetrics } from './rank-metrics.ts';

const places = 10;

/**
 * Tells what the first ten places of `trending` would cost an attacker now, by the formula in force; once a window's features are gathered,
 * so once a minute. `heldOf`: the boards as they stand, by key.
 */
export function measurePrices(
  metrics: Pick<RankMetrics, 'priceVisitors' | 'priceNetworks'>,
  sets: readonly FeatureSet[],
  heldOf: (key: string) => Board | undefined,
): void {
  for (const set of sets) {
    const { name: window } = windows.find(({ name }) => name === set.window) ?? {};
    const text = set.formulas
      .map((formula) => JSON.parse(formula) as typeof trendingFormula)
      .find(({ id }) => id === trendingFormula.id);
    if (window === undefined || text === undefined) continue;
    const board = heldOf(boardKey(trendingFormula.id, window, scopeAll));
    const tenthMicro = board?.items[places - 1]?.scoreMicro ?? 0;
    const asked = { formula: rankFormulaOf(text), tenthMicro };
    for (const [attacker, { visitors, networks }] of placePrices(set, asked)) {
      metrics.priceVisitors.set({ attacker, window }, visitors ?? Number.POSITIVE_INFINITY);
      metrics.priceNetworks.set({ attacker, window }, networks ?? Number.POSITIVE_INFINITY);
    }
  }
}
