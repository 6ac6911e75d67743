import type { ConsumedRecord, Log, RecordBatch } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { createLogger } from '@trending/runtime';
import { topics, type ViewDelta } from '@trending/schemas';
import type { FoldedView } from '../../apps/stream-processor/src/domain/folded-view.ts';
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
import type { World } from './world.ts';

const sampledFences = 2;
const logger = createLogger({ service: 'sim', level: 'silent' });
const deltas = inMemorySerde<ViewDelta>(topics.viewDeltas);
const views = inMemorySerde<FoldedView>(topics.views);
const categoriesOf = () => [];

/** Whoever recovers stands where one would that read every view: at sampled fences, and at the end. @throws Wrong */
export async function checkRecoveries(
  world: World,
  naive: readonly NaivePartition[],
): Promise<void> {
  for (const [partition, archive] of world.broker.archive.entries()) {
    const checkpoints = new NaiveCheckpoints();
    checkpoints.follow(archive, nextChain);
    const { fences } = checkpoints;
    const sampled = Array.from({ length: sampledFences }, () => world.random.pick(fences));
    const last = fences.at(-1);
    for (const fence of new Set([...sampled, last]))
      if (fence !== undefined) await checkRecovery(world, { partition, fence, naive });
  }
}

interface Recovery {
  readonly partition: number;
  readonly fence: FencePoint;
  readonly naive: readonly NaivePartition[];
}

async function checkRecovery(world: World, { partition, fence, naive }: Recovery): Promise<void> {
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
  const restored = await restore(log, { start: 0, to: fence.offset, asOf: 0, categoriesOf });
  if (restored?.state.inputOffset !== fence.end)
    throw new Wrong(`${where} stands at ${restored?.state.inputOffset}, not at ${fence.end}`);
  if (restored === undefined) return;
  if (Buffer.compare(restored.chain, fence.chain) !== 0)
    throw new Wrong(`${where} has another chain`);
  const records = world.broker.topic(topics.views.name).partition(partition).records;
  checkSame(where, restored, { records, asOf, naive: naive[partition] as NaivePartition });
}

/** Goes on from the recovery to the end of the log: all decisions and sets are as if it had read everything. */
function checkSame(
  where: string,
  { state }: Restored,
  {
    records,
    asOf,
    naive,
  }: { records: readonly ConsumedRecord[]; asOf: number; naive: NaivePartition },
): void {
  const whole = new AggregateState({ from: 0, asOf: 0, categoriesOf });
  const rest = records.slice(state.inputOffset);
  const setsOf = (one: AggregateState) => {
    const at = Math.max(asOf, state.store.asOf);
    one.store.advance(at);
    const identity = { partition: 0, epoch: 0, metadataOffset: 0 };
    return windowLevels.map((level) => candidateSetOf(one, level, identity));
  };
  fold(whole, records);
  fold(state, rest);
  if (state.counts.values().join() !== whole.counts.values().join())
    throw new Wrong(
      `${where} decides otherwise: ${state.counts.values()} for ${whole.counts.values()}`,
    );
  const sets = setsOf(state);
  if (JSON.stringify(sets) !== JSON.stringify(setsOf(whole)))
    throw new Wrong(`${where} gives other candidate sets`);
  for (const set of sets) checkSet(set, naive);
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
