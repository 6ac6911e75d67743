import type { TokenView } from '@trending/schemas';
import { hash3, hashText } from './hash.ts';

/** Sources, and countries, are told apart by so many buckets. */
export const provenanceBuckets = 16;

/** Looks of the site that a token's own past is weighed against. */
const priorLooks = 20;

/**
 * Where a view comes from, in eight bits: the bucket of its source, and that of its country, of which 0 is an unknown one. Names are an
 * open set: two may share a bucket, today as on the days before.
 */
export function provenanceOf({ source, country }: Pick<TokenView, 'source' | 'country'>): number {
  const place = country === null ? 0 : 1 + (mixed(country) % (provenanceBuckets - 1));
  return provenanceBuckets * (mixed(source) % provenanceBuckets) + place;
}

/** Short names differ in few bits. */
function mixed(name: string): number {
  return hash3(hashText(name), name.length, 0);
}

/** Fewer views say nothing. */
const viewsMin = 8;

/** The bucket with more than half of the views; -1 without one, or with hardly any views. */
export function dominantBucket(views: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < views.length; i += 1) total += views[i] as number;
  if (total < viewsMin) return -1;
  for (let i = 0; i < views.length; i += 1) if (2 * (views[i] as number) > total) return i;
  return -1;
}

/**
 * Do a token's views come from one source, or country, as neither its own past nor the other tokens explain? More than half of them,
 * and more than twice the usual share. `dominant`: the {@link dominantBucket} of the last hours, its views, all of them, and the latter two of the token's past;
 * empty without one. `site`: views by bucket of all tokens in the last hours.
 */
export function isFromOne(dominant: readonly number[], site: readonly number[]): boolean {
  const [bucket, views = 0, total = 0, pastViews = 0, pastTotal = 0] = dominant;
  if (bucket === undefined) return false;
  const others = sumOf(site) - total;
  if (others <= 0) return false;
  const usualHere = Math.max(0, (site[bucket] ?? 0) - views) / others;
  const usual = (pastViews + priorLooks * usualHere) / (pastTotal + priorLooks);
  return views > 2 * total * Math.max(usual, usualHere);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
