/** Tokens of a like number of visitors: buckets of powers of two. */
export const ratioBuckets = 17;
const micro = 1_000_000;

/** Bucket of a number of visitors; −1 for none. */
export function ratioBucketOf(visitors: number): number {
  return visitors <= 0 ? -1 : Math.min(ratioBuckets - 1, 31 - Math.clz32(visitors));
}

/** Networks for each visitor, micro. */
export function ratioMicroOf(visitors: number, networks: number): number {
  return visitors <= 0 ? 0 : Math.floor((networks * micro) / visitors);
}

/** Sum of {@link ratioMicroOf} and number of tokens, of one bucket. */
export interface RatioSum {
  readonly sum: number;
  readonly count: number;
}
