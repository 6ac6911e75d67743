/** `count` seeds from `from` on. */
export interface SeedRange {
  readonly from: number;
  readonly count: number;
}

/** The seeds of `range` that are in none of `done`, in chunks of at most `size`. `done` in any order, overlaps allowed. */
export function missingChunks(
  { from, count }: SeedRange,
  done: readonly SeedRange[],
  size: number,
): SeedRange[] {
  const chunks: SeedRange[] = [];
  const end = from + count;
  let next = from;
  const add = (until: number) => {
    for (; next < until; next += size)
      chunks.push({ from: next, count: Math.min(size, until - next) });
    next = until;
  };
  for (const one of done.toSorted((a, b) => a.from - b.from)) {
    const oneEnd = one.from + one.count;
    if (oneEnd <= next) continue;
    if (one.from >= end) break;
    if (one.from > next) add(one.from);
    next = Math.max(next, oneEnd);
  }
  if (next < end) add(end);
  return chunks;
}

/** Do two ranges share a seed? */
export function overlap(a: SeedRange, b: SeedRange): boolean {
  return a.from < b.from + b.count && b.from < a.from + a.count;
}
