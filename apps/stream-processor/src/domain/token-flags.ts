import type { Candidate } from '@trending/schemas';
import { trendingFormula } from './formula.ts';
import type { SiteTotals } from './scorer.ts';
import { trendingReader } from './trending-score.ts';

const micro = 1_000_000;
const burstMinMicro = 5 * micro;
/** A pump: so surprising, with so few visitors usual and so many now. */
const pumpMin = { sigma: 3, observed: 8 };
const pumpExpectedMax = 5;
/** Below this part of what is usual a reason for doubt is named. */
const doubtful = 0.5;

const read = trendingReader(trendingFormula);

/**
 * What a reader should know of a token besides its place; facts of the token, the same on the boards of every formula.
 * `burst`: since `burstStart` its views are far above its own hours. `pump`: hardly anybody looked at it, now many do. Reasons for doubt:
 * `few-networks`, `few-looks`. `suspected`: a pump with both. Flags never move a place: what makes them already lowers the score.
 */
export function tokenFlags(candidate: Candidate, site: SiteTotals): readonly string[] {
  const flags: string[] = [];
  if (candidate.burstMicro >= burstMinMicro) flags.push('burst');
  const { sigma, expected, networks, looks } = read(candidate, site);
  const observed = candidate.effective / micro;
  const isSurprising = sigma >= pumpMin.sigma && observed >= pumpMin.observed;
  if (!isSurprising) return flags;
  const reasons = [
    ...(networks < doubtful ? ['few-networks'] : []),
    ...(looks < doubtful ? ['few-looks'] : []),
  ];
  const isPump = expected < pumpExpectedMax;
  if (isPump) flags.push('pump');
  flags.push(...reasons);
  if (isPump && reasons.length > 1) flags.push('suspected');
  return flags;
}
