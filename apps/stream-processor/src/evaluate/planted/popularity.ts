import type { Chance } from './random.ts';

/** Visits a minute that a token usually has; tokens are numbered by popularity (Zipf). */
export function popularityOf(token: number): number {
  return 50 / (token + 1) ** 1.05;
}

/** Each token's share of all visits. */
export function sharesOf(tokens: number): number[] {
  const popularities = Array.from({ length: tokens }, (_, token) => popularityOf(token));
  const all = popularities.reduce((sum, popularity) => sum + popularity, 0);
  return popularities.map((popularity) => popularity / all);
}

/** Chooses tokens of a site as its visitors do. */
export class Popularity {
  /** Of each token and all more popular ones. */
  readonly #sums: Float64Array;

  constructor(tokens: number) {
    this.#sums = new Float64Array(tokens);
    let sum = 0;
    for (let token = 0; token < tokens; token += 1) {
      sum += popularityOf(token);
      this.#sums[token] = sum;
    }
  }

  /** A token other than this one, popular ones more often. A site without one has nothing to choose from. */
  other(token: number, chance: Chance): number {
    if (this.#sums.length < 2) throw new Error('a site of one token has no other one');
    for (;;) {
      const found = this.#at(chance.unit() * (this.#sums.at(-1) ?? 0));
      if (found !== token) return found;
    }
  }

  #at(sum: number): number {
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] as number) > sum) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
