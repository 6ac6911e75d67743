import {
  type Board,
  type BoardItem,
  type FormulaRef,
  scopeAll,
  type Window,
} from '@trending/schemas';
import { type Continuity, continuityOf } from './board-continuity.ts';
import type { MergedSet } from './board-merge.ts';
import { totalsOf } from './board-selection.ts';
import type { Ranked } from './rank-order.ts';
import { contributionsOf, type Scorer } from './score.ts';

/** A formula with its name on boards and its code. */
export interface RankFormula {
  readonly ref: FormulaRef;
  readonly scorer: Scorer;
}

/** A board without the stamps of its writer. */
export type Ranking = Omit<Board, 'epoch' | 'seq' | 'scoredAt'>;

/** What all boards of one formula and window are made of. */
export interface RankingSource {
  readonly formula: RankFormula;
  readonly window: Window;
  readonly merged: MergedSet;
}

/** One board: the best of its scope, with what they carry on from the record before it. */
export function rankingOf(
  source: RankingSource,
  scope: string,
  parts: { readonly best: readonly Ranked[]; readonly held: Board | undefined },
): Ranking {
  const { formula, window, merged } = source;
  const { asOf, newestReceivedAt, cut, partial } = merged;
  const continuity = continuityOf(parts.held, window, asOf);
  const { tokens, views, effective } = totalsOf(merged, scope);
  return {
    formula: formula.ref,
    window: window.name,
    scope,
    asOf,
    newestReceivedAt,
    cut,
    controlOffset: 0,
    partial,
    totals: { tokens, views, effective },
    items: parts.best.map((entry, index) => itemOf(source, entry, { rank: index + 1, continuity })),
  };
}

function itemOf(
  { formula, merged }: RankingSource,
  { candidate, scoreMicro }: Ranked,
  { rank, continuity }: { readonly rank: number; readonly continuity: Continuity },
): BoardItem {
  const { token, views, viewsPrev, visitors, networks, effective, sparkline } = candidate;
  const looks = { rawViews: views, previousViews: viewsPrev, sparkline };
  const { previousRank, since, state } = continuity.carry(token, looks);
  return {
    rank,
    token,
    previousRank,
    scoreMicro,
    observed: effective,
    expected: viewsPrev * 1_000_000,
    rawViews: views,
    previousViews: viewsPrev,
    visitors,
    networks,
    effectiveVisitors: effective,
    integrityMicro: 1_000_000,
    contributions: contributionsOf(formula.scorer, candidate, totalsOf(merged, scopeAll)),
    flags: [],
    since,
    state,
    sparkline,
  };
}
