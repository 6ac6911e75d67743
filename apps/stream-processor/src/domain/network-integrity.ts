import type { Candidate } from '@trending/schemas';
import { type RatioSum, ratioBucketOf, ratioMicroOf } from './network-ratio.ts';

const micro = 1_000_000;
/** Tokens that the next smaller bucket's word is worth. */
const priorTokens = 20;

/**
 * How many networks stand behind a token's visitors, against what is usual here for so many: 1 = as usual, or nearly (`tolerance`);
 * from there it falls with the square, to `least`: a surprise is capped, so a large botnet must lose more than its share of networks.
 * What is usual leaves the token itself out.
 */
export function networkIntegrity(
  { visitors, networks }: Pick<Candidate, 'visitors' | 'networks'>,
  ratios: readonly RatioSum[],
  { tolerance, least }: { readonly tolerance: number; readonly least: number },
): number {
  if (visitors <= 0) return 1;
  const ratio = ratioMicroOf(visitors, networks) / micro;
  const usual = usualRatio(visitors, { ratios, own: ratioMicroOf(visitors, networks) });
  const part = Math.min(1, ratio / (tolerance * usual));
  return Math.max(least, part * part);
}

/** Usual networks per visitor: by bucket, rare buckets shrunk to the smaller one, straight lines between the middles of buckets. */
function usualRatio(
  visitors: number,
  { ratios, own }: { readonly ratios: readonly RatioSum[]; readonly own: number },
): number {
  const bucket = ratioBucketOf(visitors);
  let [before, at, after] = [1, 1, 1];
  for (let b = 0; b <= bucket + 1; b += 1) {
    const { sum = 0, count = 0 } = ratios[b] ?? {};
    const isOwn = b === bucket && count > 0;
    const known = isOwn ? { sum: sum - own, count: count - 1 } : { sum, count };
    before = at;
    at = after;
    after = (known.sum / micro + priorTokens * at) / (known.count + priorTokens);
  }
  const low = 2 ** bucket;
  const middle = 1.5 * low;
  if (visitors < middle) return before + ((at - before) * (visitors - 0.75 * low)) / (0.75 * low);
  return at + ((after - at) * (visitors - middle)) / (1.5 * low);
}
