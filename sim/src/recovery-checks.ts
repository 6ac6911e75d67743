import type { ConsumedRecord, Log, RecordBatch } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { type CandidateSet, topics } from '@trending/schemas';
import { windowLevels } from '../../apps/stream-processor/src/domain/window-level.ts';
import { AggregateState } from '../../apps/stream-processor/src/state/aggregate-state.ts';
import { candidateSetOf } from '../../apps/stream-processor/src/state/candidate-sets.ts';
import { CheckpointLog, nextChain } from '../../apps/stream-processor/src/tasks/checkpoint-log.ts';
import {
  type Restored,
  restore,
} from '../../apps/stream-processor/src/tasks/checkpoint-restore.ts';
import { aggregate } from '../../apps/stream-processor/src/topology.ts';
import { type FencePoint, NaiveCheckpoints } from './checkpoint-oracle.ts';
import { Wrong } from './failure.ts';
import type { NaivePartition } from './oracle.ts';
import { checkSet } from './set-checks.ts';
import { sharedSerdes } from './shared-serde.ts';
import type { World } from './world.ts';

const sampledFences = 2;
const logger = createLogger({ service: 'sim', level: 'silent' });
const { deltas, views } = sharedSerdes;
const noMetadata = { categoriesOf: () => [] };

/** Whoever recovers stands where one would that read every view: at sampled fences, and at the end. @throws Wrong */
export async function checkRecoveries(
  world: World,
  naive: readonly NaivePartition[],
): Promise<void> {
  for (const [partition, archive] of world.broker.archive.entries()) {
    const checkpoints = new NaiveCheckpoints();
    checkpoints.follow(archive, nextChain);
    const { records } = world.broker.topic(topics.views.name).partition(partition);
    const journeysEnd = world.broker.end(topics.journeys.name, 0);
    const whole = new WholeReading(records, naive[partition] as NaivePartition, journeysEnd);
    const { fences } = checkpoints;
    const sampled = Array.from({ length: sampledFences }, () => world.random.pick(fences));
    const last = fences.at(-1);
    for (const fence of new Set([...sampled, last]))
      if (fence !== undefined) await checkRecovery(world, { partition, fence, whole });
  }
}

interface Recovery {
  readonly partition: number;
  readonly fence: FencePoint;
  readonly whole: WholeReading;
}

async function checkRecovery(world: World, { partition, fence, whole }: Recovery): Promise<void> {
  const where = `partition ${partition}, recovery at fence ${fence.offset}`;
  const archive = world.broker.archive[partition] ?? [];
  const asOf = world.scheduler.now();
  const log = new CheckpointLog(
    {
      log: { read: readerOf(archive) } as Log,
      clock: { now: () => asOf },
      logger,
      metrics: {} as never,
      deltas,
      deltasTopic: topics.viewDeltas.name,
    },
    partition,
  );
  const restored = await restore(log, { start: 0, to: fence.offset, asOf: 0, known: noMetadata });
  if (restored?.state.inputOffset !== fence.end)
    throw new Wrong(`${where} stands at ${restored?.state.inputOffset}, not at ${fence.end}`);
  if (restored === undefined) return;
  if (Buffer.compare(restored.chain, fence.chain) !== 0)
    throw new Wrong(`${where} has another chain`);
  checkSame(where, restored, { whole, asOf });
}

/** One that read every view of a partition; what it shows at a time is worked out, and judged, once for all recoveries. */
class WholeReading {
  readonly records: readonly ConsumedRecord[];
  readonly #journeysEnd: number;
  readonly #naive: NaivePartition;
  readonly #shown = new Map<number, Shown>();

  constructor(records: readonly ConsumedRecord[], naive: NaivePartition, journeysEnd: number) {
    this.records = records;
    this.#naive = naive;
    this.#journeysEnd = journeysEnd;
  }

  /** Tells the state all facts of its viewers that it does not know yet. */
  tell(state: AggregateState): void {
    const from = state.journeyOffset;
    const fresh = this.#naive.told.filter(({ offset }) => offset >= from);
    state.applyJourneys(
      this.#journeysEnd,
      fresh.flatMap(({ groups }) => groups),
    );
  }

  /** @throws Wrong when it shows something else than the views say. */
  at(asOf: number): Shown {
    const known = this.#shown.get(asOf);
    if (known !== undefined) return known;
    const state = new AggregateState({ from: 0, asOf: 0, known: noMetadata });
    // Before there is any row: whoever recovers is told when most are there.
    this.tell(state);
    fold(state, this.records);
    const sets = setsOf(state, asOf);
    for (const set of sets) checkSet(set, this.#naive);
    const shown = { counts: state.counts.values().join(), sets: JSON.stringify(sets) };
    this.#shown.set(asOf, shown);
    return shown;
  }
}

/** All that a state tells: decisions, and candidate sets as JSON. */
interface Shown {
  readonly counts: string;
  readonly sets: string;
}

function setsOf(state: AggregateState, asOf: number): CandidateSet[] {
  state.store.advance(asOf);
  const identity = { partition: 0, epoch: 0, metadataOffset: 0 };
  return windowLevels.map((level) => candidateSetOf(state, level, identity));
}

/** Goes on from the recovery to the end of the log: all decisions and sets are as if it had read everything. */
function checkSame(
  where: string,
  { state }: Restored,
  { whole, asOf }: { readonly whole: WholeReading; readonly asOf: number },
): void {
  fold(state, whole.records.slice(state.inputOffset));
  whole.tell(state);
  const at = Math.max(asOf, state.store.asOf);
  const wanted = whole.at(at);
  const counts = state.counts.values().join();
  if (counts !== wanted.counts)
    throw new Wrong(`${where} decides otherwise: ${counts} for ${wanted.counts}`);
  if (JSON.stringify(setsOf(state, at)) !== wanted.sets)
    throw new Wrong(`${where} gives other candidate sets`);
}

function fold(state: AggregateState, records: readonly ConsumedRecord[]): void {
  for (const record of records) {
    const decoded = record.value === null ? undefined : views.decode(record.value);
    aggregate(state, record, decoded ?? { ok: false, reason: 'avro', detail: '' });
  }
}

function readerOf(archive: readonly ConsumedRecord[]): Log['read'] {
  return async function* read(target, { from, to }): AsyncGenerator<RecordBatch> {
    const records = archive.slice(from, to);
    if (records.length > 0) yield { ...target, records, highWatermark: to };
  };
}
