import {
  type RatioSum,
  ratioBucketOf,
  ratioBuckets,
  ratioMicroOf,
} from '../domain/network-ratio.ts';

/** How many networks stand behind so many visitors, over all tokens of a window: sums by bucket of visitors. */
export class RatioSums {
  readonly #sums = new Float64Array(ratioBuckets);
  readonly #counts = new Float64Array(ratioBuckets);

  /** `sign` 1 adds a token, −1 takes it out. */
  apply(visitors: number, networks: number, sign: 1 | -1): void {
    const bucket = ratioBucketOf(visitors);
    if (bucket < 0) return;
    const ratio = ratioMicroOf(visitors, networks);
    this.#sums[bucket] = (this.#sums[bucket] as number) + sign * ratio;
    this.#counts[bucket] = (this.#counts[bucket] as number) + sign;
  }

  read(): RatioSum[] {
    const read: RatioSum[] = [];
    for (let bucket = 0; bucket < ratioBuckets; bucket += 1)
      read.push({ sum: this.#sums[bucket] as number, count: this.#counts[bucket] as number });
    return read;
  }
}
