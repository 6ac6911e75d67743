/** Counts of a Prometheus histogram, not cumulative; `upTo` in seconds, the last one Infinity. */
export interface Bucket {
  readonly upTo: number;
  readonly count: number;
}

/** The buckets of one histogram with this label pair, such as `since="received"`, from the text exposition format. */
export function bucketsIn(text: string, name: string, label: string): readonly Bucket[] {
  const cumulative = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}_bucket{`) && line.includes(label))
    .map((line) => ({
      upTo: boundOf(/le="([^"]+)"/.exec(line)?.[1] ?? '+Inf'),
      total: Number(line.slice(line.lastIndexOf(' ') + 1)),
    }))
    .sort((a, b) => a.upTo - b.upTo);
  return cumulative.map(({ upTo, total }, index) => ({
    upTo,
    count: total - (cumulative[index - 1]?.total ?? 0),
  }));
}

function boundOf(text: string): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}

/** What came since; a counter that fell was started anew, then everything in it is new. */
export function since(before: readonly Bucket[], now: readonly Bucket[]): readonly Bucket[] {
  const sum = (buckets: readonly Bucket[]) =>
    buckets.reduce((total, { count }) => total + count, 0);
  if (before.length !== now.length || sum(now) < sum(before)) return now;
  return now.map(({ upTo, count }, index) => ({
    upTo,
    count: Math.max(0, count - (before[index]?.count ?? 0)),
  }));
}

/** The bound below which this share of all lies; undefined when there is nothing. */
export function quantile(buckets: readonly Bucket[], share: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { upTo, count } of buckets) {
    seen += count;
    if (total > 0 && seen >= share * total) return upTo;
  }
  return undefined;
}

/** "≤ 25 ms", "≤ 2.5 s", "> 60 s" of a bound in seconds; `last` is the greatest finite one. */
export function boundText(seconds: number, last: number): string {
  if (!Number.isFinite(seconds)) return `> ${last} s`;
  return seconds < 1 ? `≤ ${Math.round(seconds * 1_000)} ms` : `≤ ${seconds} s`;
}
