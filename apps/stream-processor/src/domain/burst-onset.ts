/** The most surprising beginning of a burst. */
export interface BurstOnset {
  /** Standard deviations above what was expected since then, micro; 0 = no burst. */
  readonly zMicro: number;
  /** Index of the step it began with; −1 = none. */
  readonly start: number;
}

const micro = 1_000_000;
/** Anscombe's 3/8, micro. */
const anscombe = 375_000;

/** Steps of a time with arrivals in them, oldest first; both lists belong together. Counts are micro. */
export interface Arrivals {
  readonly steps: readonly number[];
  readonly counts: readonly number[];
  /** How many steps there are, empty ones included. */
  readonly length: number;
}

/**
 * Poisson-FOCuS (Ward, Dilillo, Eckley, Fearnhead, JASA 2023, arXiv 2208.01494): tests every beginning at once. Arrivals, and what is
 * usual in a step; both in micro units in which chance alone has variance 1 per unit. Kept is only the upper hull of
 * (usual, seen) since each beginning: a start whose rise is below that of a later one, or below the usual, can never win.
 */
export function burstOnset({ steps, counts, length }: Arrivals, usual: number): BurstOnset {
  const hull = new Hull();
  let next = 0;
  for (let i = 0; i < steps.length; i += 1) {
    const step = steps[i] as number;
    hull.wait((step - next) * usual);
    hull.add(step, counts[i] as number, usual);
    next = step + 1;
  }
  hull.wait((length - next) * usual);
  return hull.best();
}

/** Beginnings that can still win, and what was seen and is usual from each to the next. Dropped ones stay before `#first`. */
class Hull {
  readonly #starts: number[] = [];
  readonly #seen: number[] = [];
  readonly #expected: number[] = [];
  #first = 0;

  add(step: number, x: number, usual: number): void {
    this.#starts.push(step);
    this.#seen.push(x);
    this.#expected.push(usual);
    this.#tidy();
  }

  /** Steps without arrivals: each would be merged into the last beginning at once, so all of them are together. */
  wait(expected: number): void {
    const last = this.#starts.length - 1;
    if (expected === 0 || last < this.#first) return;
    this.#expected[last] = (this.#expected[last] as number) + expected;
    this.#tidy();
  }

  best(): BurstOnset {
    let [x, b] = [0, 0];
    let best: BurstOnset = { zMicro: 0, start: -1 };
    for (let i = this.#starts.length - 1; i >= this.#first; i -= 1) {
      x += this.#seen[i] as number;
      b += this.#expected[i] as number;
      const zMicro = excessMicro(x, b);
      if (zMicro > best.zMicro) best = { zMicro, start: this.#starts[i] as number };
    }
    return best;
  }

  #tidy(): void {
    const [seen, expected] = [this.#seen, this.#expected];
    let last = seen.length - 1;
    for (; last > this.#first; last -= 1) {
      const [x1, b1] = [seen[last - 1] as number, expected[last - 1] as number];
      const [x2, b2] = [seen[last] as number, expected[last] as number];
      if (x1 * b2 < x2 * b1) break;
      seen[last - 1] = x1 + x2;
      expected[last - 1] = b1 + b2;
      seen.pop();
      expected.pop();
      this.#starts.pop();
    }
    while (
      this.#first <= last &&
      (seen[this.#first] as number) <= (expected[this.#first] as number)
    )
      this.#first += 1;
  }
}

/** Variance-stabilised difference of micro counts, micro. */
export function excessMicro(seen: number, expected: number): number {
  const z = 2 * (Math.sqrt((seen + anscombe) / micro) - Math.sqrt((expected + anscombe) / micro));
  return Math.max(0, Math.floor(z * micro));
}
