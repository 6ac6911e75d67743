import type { CandidateSet } from '@trending/schemas';
import { levelOf } from '../domain/window-level.ts';
import type { AggregateState } from '../state/aggregate-state.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import { CheckpointLog, type CheckpointPorts } from '../tasks/checkpoint-log.ts';
import { restore } from '../tasks/checkpoint-restore.ts';
import { type RebuildPorts, rebuildTo, type Stop } from './rebuild.ts';
import { isSame } from './same-content.ts';
import { type CellDifference, cellDifferences, stateCells } from './state-cells.ts';
import { ToldJourneys } from './told-journeys.ts';

const differencesShown = 5;

export interface PartitionVerdict {
  readonly partition: number;
  /** Input offset where the checkpoints end; undefined without any. */
  readonly checkedAt: number | undefined;
  readonly cells: number;
  readonly differences: readonly CellDifference[];
  /** Were the records of each class compared? Only a rebuild that begins where counting began knows of all of them. */
  readonly hasComparedClasses: boolean;
  /** Records of the views topic that are there now, and those of them that the checkpoint covers. */
  readonly records: number;
  readonly covered: number;
  /** Sets on the candidates topic that were compared byte by byte, and windows whose set differs. */
  readonly sets: number;
  readonly wrongSets: readonly string[];
  /** Newest sets that were made with other categories than those of now, so that a rebuild cannot show them. */
  readonly setsLeftOut: number;
}

export interface VerifyPorts extends CheckpointPorts, RebuildPorts {
  /** Ends of the checkpoint logs, by partition. */
  readonly deltasStart: ReadonlyMap<number, number>;
  readonly deltasEnd: ReadonlyMap<number, number>;
  /** Of the views topic. */
  readonly viewsStart: ReadonlyMap<number, number>;
  readonly viewsEnd: ReadonlyMap<number, number>;
}

/**
 * Compares what a partition's checkpoints and newest candidate sets say with a rebuild from the views themselves: two ways that share
 * nothing but the fold.
 */
export async function verifyPartition(
  ports: VerifyPorts,
  partition: number,
  newest: readonly CandidateSet[],
): Promise<PartitionVerdict> {
  const known = ports.categories;
  const sets = newest.filter(({ metadataOffset }) => metadataOffset === known.offset);
  const now = ports.clock.now();
  const range = {
    start: ports.deltasStart.get(partition) ?? 0,
    to: ports.deltasEnd.get(partition) ?? 0,
  };
  const log = new CheckpointLog(ports, partition);
  const kept = await restore(log, { ...range, asOf: now, known });
  const viewsStart = ports.viewsStart.get(partition) ?? 0;
  const verdict = {
    ...{ cells: 0, differences: [] as CellDifference[], hasComparedClasses: false },
    records: (ports.viewsEnd.get(partition) ?? 0) - viewsStart,
    covered: Math.max(0, (kept?.state.inputOffset ?? 0) - viewsStart),
    setsLeftOut: newest.length - sets.length,
    sets: 0,
    wrongSets: [] as string[],
  };
  // A walk of their own: a newest set may stand behind the last checkpoint, and yet end its windows before now.
  if (sets.length > 0)
    await rebuildTo(
      ports,
      partition,
      sets.map((set) => setStop(set, partition, verdict)),
    );
  if (kept !== undefined) {
    const { state } = kept;
    const journeyOffset = ports.journeysEnd;
    const told = new ToldJourneys(state, ports.journeysOf(partition, now));
    // A base may hold facts from behind its offset: both are told all there are.
    await told.upTo(journeyOffset);
    const compare = (rebuilt: AggregateState) => {
      const cells = stateCells(state);
      verdict.cells = cells.size;
      const differences = cellDifferences(cells, stateCells(rebuilt), differencesShown);
      verdict.hasComparedClasses = haveSameView(state, rebuilt);
      const classes = verdict.hasComparedClasses ? classDifferences(state, rebuilt) : [];
      verdict.differences = [...classes, ...differences];
    };
    const asOf = Math.max(now, state.store.asOf);
    await rebuildTo(ports, partition, [
      { offset: state.inputOffset, asOf, journeyOffset, compare },
    ]);
  }
  return { partition, checkedAt: kept?.state.inputOffset, ...verdict };
}

/**
 * Do both give classes to the same records, and can they read the same of them? Records that came before their schema are dead letters to
 * whoever counted them then; a rebuild reads them.
 */
function haveSameView(kept: AggregateState, rebuilt: AggregateState): boolean {
  const isReadLater = rebuilt.counts.deadLettered < kept.counts.deadLettered;
  return kept.firstOffset === rebuilt.firstOffset && !isReadLater;
}

function classDifferences(kept: AggregateState, rebuilt: AggregateState): CellDifference[] {
  const cellsOf = ({ counts }: AggregateState) =>
    new Map(Object.entries(counts).map(([name, records]) => [`class ${name}`, Number(records)]));
  return cellDifferences(cellsOf(kept), cellsOf(rebuilt), differencesShown);
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
    journeyOffset: set.journeyOffset,
    compare: (rebuilt) => {
      const again = candidateSetOf(rebuilt, levelOf(set.window), {
        partition,
        epoch,
        metadataOffset,
      });
      verdict.sets += 1;
      if (!isSame(again, set)) verdict.wrongSets.push(set.window);
    },
  };
}
