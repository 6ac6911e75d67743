import type { ConsumedRecord, Decoded } from '@trending/kafka';
import type { FoldedView } from '../domain/folded-view.ts';
import { rebuildFrom } from '../domain/rebuild-range.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import type { CategoryTable } from '../state/category-table.ts';
import { aggregate } from '../topology.ts';
import { type JourneyPorts, ToldJourneys } from './told-journeys.ts';

export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** A record of the views topic as the fold takes it. */
export interface FoldableRecord {
  readonly record: ConsumedRecord;
  readonly decoded: Decoded<FoldedView>;
}

/** Where views, categories and facts of viewers come from. */
export interface RebuildPorts extends JourneyPorts {
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
  /** Of the journeys topic. */
  readonly journeyOffset: number;
  readonly compare: (rebuilt: AggregateState) => void;
}

/**
 * Rebuilds from the oldest view that matters to any stop, and stops at each in the order of offsets and times. Stops that knew less of viewers
 * than one before them, since clocks differ, take a walk of their own.
 */
export async function rebuildTo(
  ports: RebuildPorts,
  partition: number,
  given: readonly Stop[],
): Promise<void> {
  const sorted = given.toSorted((a, b) => a.offset - b.offset || a.asOf - b.asOf);
  const { stops, others } = risingOf(sorted);
  const to = stops.at(-1)?.offset ?? 0;
  const asOf = Math.min(...stops.map((stop) => stop.asOf));
  const oldest = (await ports.offsetsForTime(rebuildFrom(asOf))).get(partition) ?? 0;
  const from = Math.min(oldest, to);
  const rebuilt = new AggregateState({ from, asOf, known: ports.categories });
  const told = new ToldJourneys(rebuilt, ports.journeysOf(partition, asOf));
  const stopUpTo = async (offset: number) => {
    for (let stop = stops[0]; stop !== undefined && stop.offset <= offset; stop = stops[0]) {
      await told.upTo(stop.journeyOffset);
      rebuilt.store.advance(stop.asOf);
      stop.compare(rebuilt);
      stops.shift();
    }
  };
  for await (const { record, decoded } of ports.views(partition, { from, to })) {
    if ((stops[0]?.offset ?? to) <= record.offset) await stopUpTo(record.offset);
    aggregate(rebuilt, record, decoded);
  }
  await stopUpTo(to);
  await told.end();
  if (others.length > 0) await rebuildTo(ports, partition, others);
}

/** The stops whose journey offsets rise, and those in between that do not. */
function risingOf(sorted: readonly Stop[]): { stops: Stop[]; others: Stop[] } {
  const [stops, others]: [Stop[], Stop[]] = [[], []];
  for (const stop of sorted)
    if (stop.journeyOffset >= (stops.at(-1)?.journeyOffset ?? 0)) stops.push(stop);
    else others.push(stop);
  return { stops, others };
}
