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

/**
 * Poisson-FOCuS (Ward, Dilillo, Eckley, Fearnhead, JASA 2023, arXiv 2208.01494): tests every beginning at once. Arrivals by step, oldest
 * first, and what is usual in a step; both in micro units in which chance alone has variance 1 per unit. Kept is only the upper hull of
 * (usual, seen) since each beginning: a start whose rise is below that of a later one, or below the usual, can never win.
 */
export function burstOnset(arrivals: readonly number[], usual: number): BurstOnset {
  const starts: number[] = [];
  const seen: number[] = [];
  const expected: number[] = [];
  for (const [step, x] of arrivals.entries()) {
    starts.push(step);
    seen.push(x);
    expected.push(usual);
    while (starts.length > 1 && isOlderSteeper(seen, expected)) mergeLast(starts, seen, expected);
    while (starts.length > 0 && (seen[0] as number) <= (expected[0] as number)) {
      starts.shift();
      seen.shift();
      expected.shift();
    }
  }
  return bestOf(starts, seen, expected);
}

function isOlderSteeper(seen: readonly number[], expected: readonly number[]): boolean {
  const last = seen.length - 1;
  const [x1, b1] = [seen[last - 1] as number, expected[last - 1] as number];
  return x1 * (expected[last] as number) >= (seen[last] as number) * b1;
}

function mergeLast(starts: number[], seen: number[], expected: number[]): void {
  starts.pop();
  const [x, b] = [seen.pop() as number, expected.pop() as number];
  seen.push((seen.pop() as number) + x);
  expected.push((expected.pop() as number) + b);
}

function bestOf(
  starts: readonly number[],
  seen: readonly number[],
  expected: readonly number[],
): BurstOnset {
  let [x, b] = [0, 0];
  let best: BurstOnset = { zMicro: 0, start: -1 };
  for (let i = starts.length - 1; i >= 0; i -= 1) {
    x += seen[i] as number;
    b += expected[i] as number;
    const zMicro = excessMicro(x, b);
    if (zMicro > best.zMicro) best = { zMicro, start: starts[i] as number };
  }
  return best;
}

/** Variance-stabilised difference of micro counts, micro. */
export function excessMicro(seen: number, expected: number): number {
  const z = 2 * (Math.sqrt((seen + anscombe) / micro) - Math.sqrt((expected + anscombe) / micro));
  return Math.max(0, Math.floor(z * micro));
}
