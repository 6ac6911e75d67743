import { type Candidate, type ScopeTotals, scopeAll, type WindowName } from '@trending/schemas';
import type { MergedSet } from './board-merge.ts';
import { boardSizeMax, scopesMax } from './board-size.ts';
import type { CandidateList } from './candidate-list.ts';
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

/** What boards are made of: candidates, the scopes that boards are wanted of, and tokens that none of them shows. */
export interface Field {
  readonly lists: readonly CandidateList[];
  readonly wanted: readonly string[];
  readonly held?: ReadonlySet<string>;
}

const nothingHeld: ReadonlySet<string> = new Set();

/**
 * Scores every eligible token once, against the totals of the whole site, and keeps the best of each scope: one pass, whatever
 * the number of scopes. Most tokens are left out by their counts alone.
 */
export function bestByScope(
  { lists, wanted, held = nothingHeld }: Field,
  scorer: Scorer,
  site: SiteTotals,
): ReadonlyMap<string, readonly Ranked[]> {
  const boards = new Map(wanted.map((scope) => [scope, new BestList(sizeMaxOf(scope))]));
  for (const list of lists) offerAll(list, boards, { scorer, site, held });
  return new Map([...boards].map(([scope, list]) => [scope, onceEach(list.best)]));
}

interface Scoring {
  readonly scorer: Scorer;
  readonly site: SiteTotals;
  readonly held: ReadonlySet<string>;
}

const noLeast = { views: 0, effective: 0 };
const unbounded = () => Number.POSITIVE_INFINITY;

function offerAll(
  { items, views, effective, groupOf, groups }: CandidateList,
  boards: ReadonlyMap<string, BestList>,
  scoring: Scoring,
): void {
  const { scorer, site } = scoring;
  const least = scorer.least?.(site) ?? noLeast;
  const most = scorer.most ?? unbounded;
  const boardsOf: BestList[][] = [];
  for (let i = 0; i < items.length; i += 1) {
    const ownViews = views[i] as number;
    const ownEffective = effective[i] as number;
    if (ownViews < least.views || ownEffective < least.effective) continue;
    const group = groupOf[i] as number;
    boardsOf[group] ??= (groups[group] as string[]).flatMap((scope) => boards.get(scope) ?? []);
    const own = boardsOf[group];
    if (anyTakes(own, most(ownViews), ownEffective)) offer(items[i] as Candidate, own, scoring);
  }
}

function offer(
  candidate: Candidate,
  boards: readonly BestList[],
  { scorer, site, held }: Scoring,
): void {
  if (held.has(candidate.token) || !scorer.isEligible(candidate, site)) return;
  const scoreMicro = scoreOf(scorer, candidate, site);
  for (const board of boards) board.offer(candidate, scoreMicro);
}

function anyTakes(boards: readonly BestList[], scoreMicro: number, effective: number): boolean {
  for (const board of boards) if (board.takes(scoreMicro, effective)) return true;
  return false;
}

/** The best of some candidates, whatever they stand on. */
export function bestOf(
  candidates: readonly Candidate[],
  scorer: Scorer,
  { site, max }: { readonly site: SiteTotals; readonly max: number },
): readonly Ranked[] {
  const best = new BestList(max);
  for (const candidate of candidates) offer(candidate, [best], { scorer, site, held: nothingHeld });
  return onceEach(best.best);
}

/** What a score needs to know of the whole site. */
export function siteTotalsOf(merged: MergedSet, window: WindowName): SiteTotals {
  return { ...totalsOf(merged, scopeAll), site: merged.site, window };
}

export function totalsOf(merged: MergedSet, scope: string): ScopeTotals {
  return merged.totals.get(scope) ?? { scope, tokens: 0, views: 0, effective: 0 };
}

/** A publisher with a wrong partitioner spreads a token over partitions; a board still shows it once, at its best. */
function onceEach(ranked: readonly Ranked[]): readonly Ranked[] {
  const seen = new Set<string>();
  return ranked.filter(({ candidate: { token } }) => !seen.has(token) && seen.add(token));
}

function sizeMaxOf(scope: string): number {
  return scope === scopeAll ? boardSizeMax.all : boardSizeMax.other;
}
