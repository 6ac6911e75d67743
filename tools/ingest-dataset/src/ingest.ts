import { setTimeout as sleep } from 'node:timers/promises';
import type { ViewRequest } from '@trending/schemas/http/publish';
import { type PostCounts, type PosterSettings, postViews } from './view-poster.ts';

export interface IngestSettings extends PosterSettings {
  /** Views to pass over: an earlier run published them. */
  readonly skip: number;
  /** Views to stop behind, counted from the first of all. */
  readonly limit: number;
  /** Views a second at most. */
  readonly speed: number;
  /** Called with the number of views that are behind us after every batch. */
  readonly progressed: (views: number) => Promise<void> | void;
}

const batchViews = 1_000;

/**
 * Publishes views in order, one request at a time: the log keeps that order within a partition, and a replay reads it back by
 * event time. More requests in flight would let later views overtake earlier ones.
 */
export async function ingest(
  views: Iterable<ViewRequest>,
  settings: IngestSettings,
): Promise<PostCounts> {
  const { skip, limit, speed, progressed, wait = sleep } = settings;
  const startedAt = performance.now();
  let counts: PostCounts = { accepted: 0, duplicate: 0, filtered: 0 };
  let done = 0;
  for (const batch of batches(views, Math.min(batchViews, speed))) {
    const wanted = batch.slice(Math.max(0, skip - done), Math.max(0, limit - done));
    done += batch.length;
    if (wanted.length > 0) {
      const posted = await postViews(wanted, settings);
      counts = {
        accepted: counts.accepted + posted.accepted,
        duplicate: counts.duplicate + posted.duplicate,
        filtered: counts.filtered + posted.filtered,
      };
      await progressed(Math.min(done, limit));
      const aheadMs = ((done - skip) / speed) * 1_000 - (performance.now() - startedAt);
      if (aheadMs > 0) await wait(aheadMs);
    }
    if (done >= limit) break;
  }
  return counts;
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
