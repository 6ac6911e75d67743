import type { BoardTotals, CutEntry } from './board.ts';
import type { Candidate, SiteHistory } from './candidate-set.ts';

/** What the ranker knew of one window at one as-of time: enough to score its boards again with any formula. Times in ms. */
export interface FeatureSet {
  readonly window: string;
  readonly epoch: number;
  readonly asOf: number;
  readonly controlOffset: number;
  readonly cut: readonly CutEntry[];
  /** Canonical text of the formulas in force. */
  readonly formulas: readonly string[];
  /** Tokens among the items that no public board showed. */
  readonly held: readonly string[];
  readonly totals: BoardTotals;
  /** Tokens that could have been listed. */
  readonly candidates: number;
  readonly site: SiteHistory;
  /** Sorted by token; without sparklines. */
  readonly items: readonly Candidate[];
}
