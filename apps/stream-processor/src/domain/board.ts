import {
  type Board,
  type BoardItem,
  type Candidate,
  categoryScope,
  chainOf,
  chainScope,
  type FormulaRef,
  type ScopeTotals,
  scopeAll,
  type Window,
} from '@trending/schemas';
import { type Continuity, continuityOf } from './board-continuity.ts';
import type { MergedSet } from './board-merge.ts';
import { type Ranked, rankedCandidates } from './rank-order.ts';
import { contributionsOf, type Scorer } from './score.ts';

/** Longest boards. */
export const boardSizeMax = { all: 100, other: 50 } as const;
/** Scopes served per window besides `all`: those with the most views. */
export const scopesMax = 64;

/** A formula with its name on boards and its code. */
export interface RankFormula {
  readonly ref: FormulaRef;
  readonly scorer: Scorer;
}

/** A board without the stamps of its writer. */
export type Ranking = Omit<Board, 'epoch' | 'seq' | 'scoredAt'>;

/** One formula's order of all eligible tokens of a window, of which boards are cut. */
export interface WindowRanking {
  readonly formula: RankFormula;
  readonly window: Window;
  readonly merged: MergedSet;
  readonly ranked: readonly Ranked[];
}

export function windowRanking(
  formula: RankFormula,
  window: Window,
  merged: MergedSet,
): WindowRanking {
  const totals = totalsOf(merged, scopeAll);
  return {
    formula,
    window,
    merged,
    ranked: rankedCandidates(merged.candidates, formula.scorer, totals),
  };
}

/** Scopes to serve, `all` first: a bounded number, the most viewed win, ties by name. */
export function scopesOf(merged: MergedSet): string[] {
  const others = [...merged.totals.values()]
    .filter(({ scope }) => scope !== scopeAll)
    .sort((a, b) => b.views - a.views || (a.scope < b.scope ? -1 : 1))
    .slice(0, scopesMax)
    .map(({ scope }) => scope);
  return [scopeAll, ...others.sort()];
}

/** The best of each scope, in order: one pass over the one order, since a token has one score on all of them. */
export function bestByScope(
  ranked: readonly Ranked[],
  scopes: readonly string[],
): Map<string, Ranked[]> {
  const best = new Map(scopes.map((scope) => [scope, [] as Ranked[]]));
  let open = scopes.length;
  for (const entry of ranked) {
    if (open === 0) break;
    for (const scope of scopesOfToken(entry.candidate)) {
      const list = best.get(scope);
      const max = sizeMaxOf(scope);
      if (list === undefined || list.length >= max) continue;
      list.push(entry);
      if (list.length === max) open -= 1;
    }
  }
  return best;
}

/** One board: the best of its scope, with what they carry on from the record before. */
export function rankingOf(
  source: WindowRanking,
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
  { formula, merged }: WindowRanking,
  { candidate, scoreMicro }: Ranked,
  place: { readonly rank: number; readonly continuity: Continuity },
): BoardItem {
  const { token, views, viewsPrev, visitors, networks, effective, sparkline } = candidate;
  const carried = place.continuity.carry(token, {
    rawViews: views,
    previousViews: viewsPrev,
    sparkline,
  });
  return {
    rank: place.rank,
    token,
    previousRank: carried.previousRank,
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
    since: carried.since,
    state: carried.state,
    sparkline,
  };
}

function scopesOfToken({ token, categories }: Candidate): string[] {
  return [scopeAll, chainScope(chainOf(token)), ...categories.map(categoryScope)];
}

function sizeMaxOf(scope: string): number {
  return scope === scopeAll ? boardSizeMax.all : boardSizeMax.other;
}

function totalsOf(merged: MergedSet, scope: string): ScopeTotals {
  return merged.totals.get(scope) ?? { scope, tokens: 0, views: 0, effective: 0 };
}
