import type { ConsumedRecord, Decoded } from '@trending/kafka';
import type { FoldedView } from '../domain/folded-view.ts';
import { rebuildFrom } from '../domain/rebuild-range.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import type { CategoryTable } from '../state/category-table.ts';
import { aggregate } from '../topology.ts';

export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** A record of the views topic as the fold takes it. */
export interface FoldableRecord {
  readonly record: ConsumedRecord;
  readonly decoded: Decoded<FoldedView>;
}

/** Where views and categories come from. */
export interface RebuildPorts {
  readonly categories: CategoryTable;
  /** The views of a partition in `[from, to)`. */
  readonly views: (partition: number, range: OffsetRange) => AsyncIterable<FoldableRecord>;
  /** First offset per partition with a record timestamp at or after `time`. */
  readonly offsetsForTime: (time: number) => Promise<ReadonlyMap<number, number>>;
}

/** A point of the views log at which something is compared: times may not fall where offsets rise. */
export interface Stop {
  readonly offset: number;
  readonly asOf: number;
  readonly compare: (rebuilt: AggregateState) => void;
}

/** Rebuilds from the oldest view that matters to any stop, and stops at each in the order of offsets and times. */
export async function rebuildTo(
  ports: RebuildPorts,
  partition: number,
  given: readonly Stop[],
): Promise<void> {
  const stops = given.toSorted((a, b) => a.offset - b.offset || a.asOf - b.asOf);
  const to = stops.at(-1)?.offset ?? 0;
  const asOf = Math.min(...stops.map((stop) => stop.asOf));
  const oldest = (await ports.offsetsForTime(rebuildFrom(asOf))).get(partition) ?? 0;
  const from = Math.min(oldest, to);
  const rebuilt = new AggregateState({ from, asOf, known: ports.categories });
  const stopUpTo = (offset: number) => {
    for (let stop = stops[0]; stop !== undefined && stop.offset <= offset; stop = stops[0]) {
      rebuilt.store.advance(stop.asOf);
      stop.compare(rebuilt);
      stops.shift();
    }
  };
  for await (const { record, decoded } of ports.views(partition, { from, to })) {
    stopUpTo(record.offset);
    aggregate(rebuilt, record, decoded);
  }
  stopUpTo(to);
}
