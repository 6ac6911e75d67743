import type { Candidate } from '@trending/schemas';
import { type Scorer, type SiteTotals, scoreOf } from './score.ts';

/** A candidate with its one score of a formula and window. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly scoreMicro: number;
}

/** The total order of boards: score, then effective visitors, both descending; then token ascending by code units. */
export function compareRanked(a: Ranked, b: Ranked): number {
  if (a.scoreMicro !== b.scoreMicro) return b.scoreMicro - a.scoreMicro;
  const [left, right] = [a.candidate, b.candidate];
  if (left.effective !== right.effective) return right.effective - left.effective;
  if (left.token === right.token) return 0;
  return left.token < right.token ? -1 : 1;
}

/** Scores every eligible candidate against the totals of the whole site and sorts them. */
export function rankedCandidates(
  candidates: readonly Candidate[],
  scorer: Scorer,
  totals: SiteTotals,
): Ranked[] {
  const ranked: Ranked[] = [];
  for (const candidate of candidates) {
    if (scorer.isEligible(candidate))
      ranked.push({ candidate, scoreMicro: scoreOf(scorer, candidate, totals) });
  }
  return ranked.sort(compareRanked);
}
