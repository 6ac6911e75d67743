import { type Candidate, type FeatureSet, scopeAll, type WindowName } from '@trending/schemas';
import { candidatesOf, type MergedSet } from './board-merge.ts';
import { totalsOf } from './board-selection.ts';
import type { Rules } from './rules.ts';
import { reachesSupportFloor } from './support-floor.ts';
import { byToken } from './token-order.ts';

/** Features are remembered once in so long, ms. */
export const featureStepMs = 60_000;
/** Most viewed tokens that are remembered though nothing else speaks for them. */
const mostViewed = 300;

/**
 * What one window's boards were made of, for the history: every token on the support floor (at most one in the floor's share, so
 * bounded), the most viewed, and all that `placed` names: what the boards over everything show now. Any formula scores these as it
 * would have live; a token that is none of them would have had to come from below the floor and from behind rank 100 everywhere.
 */
export function featureSetOf(
  { merged, window }: { readonly merged: MergedSet; readonly window: WindowName },
  rules: Rules,
  placed: ReadonlySet<string>,
): Omit<FeatureSet, 'epoch'> {
  const { asOf, cut, site } = merged;
  const candidates = candidatesOf(merged);
  const { tokens, views, effective } = totalsOf(merged, scopeAll);
  const viewed = viewsOfRank(candidates, mostViewed);
  const isKept = (candidate: Candidate) =>
    candidate.views > viewed ||
    placed.has(candidate.token) ||
    reachesSupportFloor(window, candidate.effective, effective);
  const items = candidates
    .filter(isKept)
    .map((candidate) => ({ ...candidate, sparkline: [] }))
    .sort((a, b) => byToken(a.token, b.token));
  return {
    window,
    asOf,
    controlOffset: rules.controlOffset,
    cut,
    formulas: rules.formulas.map(({ text }) => text),
    held: items.map(({ token }) => token).filter((token) => rules.held.has(token)),
    totals: { tokens, views, effective },
    candidates: candidates.length,
    site,
    items,
  };
}

/** More views than this has nobody but the first `rank` tokens; −1 when there are no more than that. */
function viewsOfRank(candidates: readonly Candidate[], rank: number): number {
  if (candidates.length <= rank) return -1;
  const sorted = candidates.map(({ views }) => views).sort((a, b) => b - a);
  return sorted[rank] ?? -1;
}
