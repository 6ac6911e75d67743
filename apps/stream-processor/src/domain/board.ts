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
import type { WindowFacts } from './item-facts.ts';
import type { Ranked } from './rank-order.ts';
import type { Scorer } from './scorer.ts';

/** A formula with its name on boards and its code. */
export interface RankFormula {
  readonly ref: FormulaRef;
  readonly scorer: Scorer;
  /** Canonical text, of which `ref.hash` is the hash. */
  readonly text: string;
}

/** A place on a board: a score, on drafted boards by one of two formulas. */
export interface Placed extends Ranked {
  readonly team?: RankFormula;
  /** Flags besides the item's own. */
  readonly marks?: readonly string[];
}

/** A board without the stamps of its writer. */
export type Ranking = Omit<Board, 'epoch' | 'seq' | 'scoredAt'>;

/** What all boards of one formula and window are made of. */
export interface RankingSource {
  /** Of drafted boards only the name: their places bring the scorer. */
  readonly formula: Pick<RankFormula, 'ref'> & Partial<RankFormula>;
  readonly window: Window;
  readonly merged: MergedSet;
  readonly facts: WindowFacts;
  /** First control offset that was not looked at; 0 without operators. */
  readonly controlOffset?: number;
}

/** One board: the best of its scope, with what they carry on from the record before it. */
export function rankingOf(
  source: RankingSource,
  scope: string,
  parts: { readonly best: readonly Placed[]; readonly held: Board | undefined },
): Ranking {
  const { formula, window, merged, controlOffset = 0 } = source;
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
    controlOffset,
    partial,
    totals: { tokens, views, effective },
    items: parts.best.map((entry, index) => itemOf(source, entry, { rank: index + 1, continuity })),
    siteEffective: totalsOf(merged, scopeAll).effective,
  };
}

const unmarked: readonly string[] = [];

function itemOf(
  { formula, facts, merged }: RankingSource,
  { candidate, scoreMicro, team, marks = unmarked }: Placed,
  { rank, continuity }: { readonly rank: number; readonly continuity: Continuity },
): BoardItem {
  const { token, views, viewsPrev, visitors, networks, effective, sparkline } = candidate;
  const known = facts.of((team ?? formula).scorer, candidate);
  const { expectedMicro, integrityMicro, contributions, basis } = known;
  const own = facts.flags(candidate);
  const flags = marks.length === 0 ? own : [...own, ...marks];
  const carried = continuity.carry(token, {
    surprise: known.surprise,
    ageMs: merged.asOf - candidate.firstSeenAt,
    scoreMicro,
    sparkline,
  });
  // Named one by one: rows are made by the thousand, and spreading takes as long as all the rest.
  return {
    rank,
    token,
    previousRank: carried.previousRank,
    scoreMicro,
    observed: effective,
    expected: expectedMicro,
    rawViews: views,
    previousViews: viewsPrev,
    visitors,
    networks,
    effectiveVisitors: effective,
    integrityMicro,
    contributions,
    flags: team === undefined ? flags : [...flags, `team:${team.ref.id}`],
    since: carried.since,
    sparkline,
    state: carried.state,
    verdict: carried.verdict,
    peakMicro: carried.peakMicro,
    stateSince: carried.stateSince,
    burstSince: flags.includes('burst') ? candidate.burstStart : 0,
    basis,
  };
}
