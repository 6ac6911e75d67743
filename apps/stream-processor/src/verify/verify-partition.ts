import { isDeepStrictEqual } from 'node:util';
import type { ConsumedRecord, Decoded } from '@trending/kafka';
import type { CandidateSet } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { rebuildFrom } from '../domain/rebuild-range.ts';
import { levelOf } from '../domain/window-level.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import type { CategoryTable } from '../state/category-table.ts';
import { CheckpointLog, type CheckpointPorts } from '../tasks/checkpoint-log.ts';
import { restore } from '../tasks/checkpoint-restore.ts';
import { aggregate } from '../topology.ts';
import { type CellDifference, cellDifferences, stateCells } from './state-cells.ts';

const differencesShown = 5;

export interface PartitionVerdict {
  readonly partition: number;
  /** Input offset where the checkpoints end; undefined without any. */
  readonly checkedAt: number | undefined;
  readonly cells: number;
  readonly differences: readonly CellDifference[];
  /** Sets on the candidates topic that were compared byte by byte, and windows whose set differs. */
  readonly sets: number;
  readonly wrongSets: readonly string[];
}

export interface VerifyPorts extends CheckpointPorts {
  readonly categories: CategoryTable;
  /** Ends of the checkpoint logs, by partition. */
  readonly deltasStart: ReadonlyMap<number, number>;
  readonly deltasEnd: ReadonlyMap<number, number>;
  /** The views of a partition in `[from, to)`. */
  readonly views: (partition: number, range: OffsetRange) => AsyncIterable<FoldableRecord>;
  /** First offset per partition with a record timestamp at or after `time`. */
  readonly offsetsForTime: (time: number) => Promise<ReadonlyMap<number, number>>;
}

export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** A record of the views topic as the fold takes it. */
export interface FoldableRecord {
  readonly record: ConsumedRecord;
  readonly decoded: Decoded<FoldedView>;
}

/** A point of the views log at which something is compared. */
interface Stop {
  readonly offset: number;
  readonly asOf: number;
  readonly compare: (rebuilt: AggregateState) => void;
}

/**
 * Compares what a partition's checkpoints and newest candidate sets say with a rebuild from the views themselves: two ways that share
 * nothing but the fold.
 */
export async function verifyPartition(
  ports: VerifyPorts,
  partition: number,
  sets: readonly CandidateSet[],
): Promise<PartitionVerdict> {
  const { categoriesOf } = ports.categories;
  const now = ports.clock.now();
  const range = {
    start: ports.deltasStart.get(partition) ?? 0,
    to: ports.deltasEnd.get(partition) ?? 0,
  };
  const log = new CheckpointLog(ports, partition);
  const kept = await restore(log, { ...range, asOf: now, categoriesOf });
  const verdict = {
    cells: 0,
    differences: [] as CellDifference[],
    sets: 0,
    wrongSets: [] as string[],
  };
  // A walk of their own: a newest set may stand behind the last checkpoint, and yet end its windows before now.
  if (sets.length > 0)
    await walk(
      ports,
      partition,
      sets.map((set) => setStop(set, partition, verdict)),
    );
  if (kept !== undefined) {
    const { state } = kept;
    const compare = (rebuilt: AggregateState) => {
      const cells = stateCells(state);
      verdict.cells = cells.size;
      verdict.differences = cellDifferences(cells, stateCells(rebuilt), differencesShown);
    };
    const asOf = Math.max(now, state.store.asOf);
    await walk(ports, partition, [{ offset: state.inputOffset, asOf, compare }]);
  }
  return { partition, checkedAt: kept?.state.inputOffset, ...verdict };
}

function setStop(
  set: CandidateSet,
  partition: number,
  verdict: { sets: number; wrongSets: string[] },
): Stop {
  const { epoch, metadataOffset } = set;
  return {
    offset: set.inputOffset,
    asOf: set.asOf,
    compare: (rebuilt) => {
      const again = candidateSetOf(rebuilt, levelOf(set.window), {
        partition,
        epoch,
        metadataOffset,
      });
      verdict.sets += 1;
      if (!isDeepStrictEqual(again, set)) verdict.wrongSets.push(set.window);
    },
  };
}

/** Rebuilds from the oldest view that matters to any stop, and stops at each in the order of offsets and times. */
async function walk(ports: VerifyPorts, partition: number, stops: Stop[]): Promise<void> {
  stops.sort((a, b) => a.offset - b.offset || a.asOf - b.asOf);
  const to = stops.at(-1)?.offset ?? 0;
  const asOf = Math.min(...stops.map((stop) => stop.asOf));
  const oldest = (await ports.offsetsForTime(rebuildFrom(asOf))).get(partition) ?? 0;
  const from = Math.min(oldest, to);
  const rebuilt = new AggregateState({ from, asOf, categoriesOf: ports.categories.categoriesOf });
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
