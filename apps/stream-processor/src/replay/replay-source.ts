import type { Log, Serde } from '@trending/kafka';
import type { TokenMetadata } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { rebuildFrom } from '../domain/rebuild-range.ts';
import { CategoryTable } from '../state/category-table.ts';
import { decoded } from '../tasks/rank-ports.ts';
import { ViewFeed } from './view-feed.ts';

export interface ReplaySource {
  readonly feeds: readonly ViewFeed[];
  /** Records in the range, for the progress bar. */
  readonly records: number;
}

export interface RangeOfTime {
  readonly topic: string;
  readonly from: number | undefined;
  /** Is the record timestamp the receive time of a view that is at most a day old? Else everything is read. */
  readonly isLive: boolean;
}

/**
 * Every partition of a topic of views, from the oldest record that the first board needs to the end the log has now. Only the live
 * topic's record timestamps tell event times; other topics are read whole.
 */
export async function openFeeds(
  log: Log,
  serde: Serde<FoldedView>,
  { topic, from, isLive }: RangeOfTime,
): Promise<ReplaySource> {
  const starts =
    from === undefined || !isLive
      ? await log.startOffsets(topic)
      : await log.offsetsForTime(topic, rebuildFrom(from));
  const ends = await log.endOffsets(topic);
  let records = 0;
  const feeds = [...ends]
    .sort(([a], [b]) => a - b)
    .map(([partition, to]) => {
      const first = Math.min(starts.get(partition) ?? 0, to);
      records += to - first;
      const batches = log.read({ topic, partition }, { from: first, to, withMarkers: true });
      return new ViewFeed({ partition, from: first, batches }, serde);
    });
  return { feeds, records };
}

/** Categories and weeks as they are now: one metadata offset for the whole replay, named in every cut. */
export async function readCategories(
  log: Log,
  serde: Serde<TokenMetadata>,
  topic: string,
): Promise<CategoryTable> {
  const table = new CategoryTable();
  const from = (await log.startOffsets(topic)).get(0) ?? 0;
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  for await (const { records } of log.read({ topic, partition: 0 }, { from, to })) {
    for (const { key, value, offset } of records) {
      const metadata = value === null ? null : await decoded(serde, value);
      if (key !== null && metadata !== undefined)
        table.apply(offset, Buffer.from(key).toString('utf8'), metadata);
    }
  }
  table.skipTo(to);
  return table;
}
