import {
  type Candidate,
  categoryScope,
  chainOf,
  chainScope,
  type ScopeTotals,
  scopeAll,
  type WindowName,
} from '@trending/schemas';
import type { MergedSet } from './board-merge.ts';
import { boardSizeMax, scopesMax } from './board-size.ts';
import { BestList, type Ranked } from './rank-order.ts';
import { scoreOf } from './score.ts';
import type { Scorer, SiteTotals } from './scorer.ts';

/** Scopes to serve, `all` first: a bounded number, the most viewed win, ties by name. */
export function scopesOf(merged: MergedSet): string[] {
  const others = [...merged.totals.values()]
    .filter(({ scope }) => scope !== scopeAll)
    .sort((a, b) => b.views - a.views || (a.scope < b.scope ? -1 : 1))
    .slice(0, scopesMax)
    .map(({ scope }) => scope);
  return [scopeAll, ...others.sort()];
}

/** Candidates that stand on the same scopes. */
export interface CandidateGroup {
  readonly scopes: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** Candidates by their chain and categories: found once for all formulas. Scopes that are not wanted are left out. */
export function candidateGroups(merged: MergedSet, wanted: readonly string[]): CandidateGroup[] {
  if (wanted.every((scope) => scope === scopeAll))
    return [{ scopes: wanted, candidates: merged.candidates }];
  const groups = new Map<string, { scopes: readonly string[]; candidates: Candidate[] }>();
  for (const candidate of merged.candidates) {
    const chain = chainOf(candidate.token);
    const { categories } = candidate;
    const key = categories.length === 0 ? chain : `${chain} ${categories.join(' ')}`;
    const group = groups.get(key);
    if (group !== undefined) group.candidates.push(candidate);
    else {
      const scopes = new Set([scopeAll, chainScope(chain), ...categories.map(categoryScope)]);
      groups.set(key, { scopes: wanted.filter((s) => scopes.has(s)), candidates: [candidate] });
    }
  }
  return [...groups.values()];
}

/**
 * Scores every eligible token once, against the totals of the whole site, and keeps the best of each scope: one pass, whatever
 * the number of scopes.
 */
export function bestByScope(
  groups: readonly CandidateGroup[],
  scorer: Scorer,
  site: SiteTotals,
): ReadonlyMap<string, readonly Ranked[]> {
  const lists = new Map<string, BestList>();
  for (const { scopes, candidates } of groups) {
    const own = scopes.map((scope) => listOf(lists, scope));
    for (const candidate of candidates) {
      if (!scorer.isEligible(candidate, site)) continue;
      const scoreMicro = scoreOf(scorer, candidate, site);
      for (const list of own) list.offer(candidate, scoreMicro);
    }
  }
  return new Map([...lists].map(([scope, list]) => [scope, onceEach(list.best)]));
}

/** What a score needs to know of the whole site. */
export function siteTotalsOf(merged: MergedSet, window: WindowName): SiteTotals {
  return { ...totalsOf(merged, scopeAll), site: merged.site, window };
}

export function totalsOf(merged: MergedSet, scope: string): ScopeTotals {
  return merged.totals.get(scope) ?? { scope, tokens: 0, views: 0, effective: 0 };
}

function listOf(lists: Map<string, BestList>, scope: string): BestList {
  const list = lists.get(scope) ?? new BestList(sizeMaxOf(scope));
  lists.set(scope, list);
  return list;
}

/** A publisher with a wrong partitioner spreads a token over partitions; a board still shows it once, at its best. */
function onceEach(ranked: readonly Ranked[]): readonly Ranked[] {
  const seen = new Set<string>();
  return ranked.filter(({ candidate: { token } }) => !seen.has(token) && seen.add(token));
}

function sizeMaxOf(scope: string): number {
  return scope === scopeAll ? boardSizeMax.all : boardSizeMax.other;
}
