import { type FeatureSet, scopeAll, type Window } from '@trending/schemas';
import type { Placed, RankFormula } from './board.ts';
import type { MergedSet } from './board-merge.ts';
import { candidateListOf } from './candidate-list.ts';
import { WindowPlaces } from './rank-boards.ts';

/** What of a remembered feature set its boards follow from. */
export type Remembered = Pick<FeatureSet, 'asOf' | 'held' | 'totals' | 'site' | 'items'>;

/**
 * The boards of the past once more, by the code that makes the live ones: with a formula that was in force they are the boards that were
 * served, with any other what it would have shown.
 */
export class Rescored {
  readonly #places: WindowPlaces;

  constructor(set: Remembered, window: Window, scopes: readonly string[]) {
    const rules = {
      controlOffset: 0,
      formulas: [],
      interleaves: [],
      held: new Set(set.held),
    };
    this.#places = new WindowPlaces({ merged: mergedOf(set), window }, rules, scopes);
  }

  board(formula: RankFormula, scope: string): readonly Placed[] {
    return this.#places.of(formula, scope);
  }
}

function mergedOf({ asOf, totals, site, items }: Remembered): MergedSet {
  return {
    ...{ asOf, lastPane: 0, newestReceivedAt: 0, cut: [], partial: [], site },
    totals: new Map([[scopeAll, { scope: scopeAll, ...totals }]]),
    lists: [candidateListOf(items)],
  };
}
