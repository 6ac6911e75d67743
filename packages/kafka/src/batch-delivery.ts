import kafkajs, { type Batch, type EachBatchPayload } from 'kafkajs';
import { BatchHeartbeats } from './batch-heartbeats.ts';
import { beatingWhile } from './beating-while.ts';
import { fetchedMessages } from './kafkajs-cluster.ts';
import {
  type BatchContext,
  partitionKey,
  type RecordBatch,
  type RunGroupOptions,
} from './log-port.ts';
import { PartitionEpochs } from './partition-epochs.ts';
import { type MarkerRange, PassedMarkers, type Position } from './passed-markers.ts';
import type { ConsumedRecord } from './record.ts';
import { consumedRecords } from './record-mapping.ts';
import { inputGap } from './topic-errors.ts';

const { KafkaJSNonRetriableError } = kafkajs;

/** What a member knows of its present assignment. */
export class MemberState {
  readonly epochs = new PartitionEpochs();
  /** Next offset by partition key; none while a partition is being restored. */
  readonly positions = new Map<string, Position>();
  failure: Error | undefined;
}

export interface BatchDeliverySettings {
  readonly state: MemberState;
  readonly options: Pick<RunGroupOptions, 'batch' | 'withMarkers'>;
  /** The coordinator said so in the middle of a batch. */
  readonly rebalancing: () => void;
  readonly failed: (error: unknown) => void;
}

/** Takes kafkajs' batches to the handler: drops what was overtaken, refuses gaps, moves the position. */
export class BatchDelivery {
  readonly #settings: BatchDeliverySettings;
  readonly #state: MemberState;
  readonly #withHoles = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #markers: PassedMarkers;

  constructor(settings: BatchDeliverySettings) {
    this.#settings = settings;
    this.#state = settings.state;
    this.#markers = new PassedMarkers({
      positions: settings.state.positions,
      failed: settings.failed,
      deliver: (records, range) =>
        this.#hand({ ...batchOf(range), records }, { heartbeat: () => Promise.resolve() }),
    });
  }

  /** Offsets of a compacted topic are not dense. */
  allowHoles(topic: string): void {
    this.#withHoles.add(topic);
  }

  /** kafkajs' notice of a batch; one of control records only never reaches `handle`, yet the position moves over it. */
  started(notice: {
    readonly topic: string;
    readonly partition: number;
    readonly batchSize: number;
    readonly firstOffset: string | null;
    readonly lastOffset: string;
    readonly highWatermark: string;
  }): void {
    const { topic, partition, batchSize } = notice;
    const key = partitionKey(notice);
    if (batchSize > 0 || !this.#state.positions.has(key)) return;
    const to = Number(notice.lastOffset) + 1;
    if (!this.#settings.options.withMarkers || this.#withHoles.has(topic)) {
      this.#state.positions.set(key, { offset: to });
      return;
    }
    // Without compaction nothing is missing in between: retention and truncation take from the ends alone.
    const [from, highWatermark] = [Number(notice.firstOffset), Number(notice.highWatermark)];
    this.#markers.add({ topic, partition, from, to, highWatermark });
  }

  async handle(payload: EachBatchPayload): Promise<void> {
    const handled = this.#handle(payload);
    this.#running.add(handled);
    try {
      await handled;
    } finally {
      this.#running.delete(handled);
    }
  }

  /** Resolves when the batches that run now have ended, well or not. */
  finished(): Promise<unknown> {
    return Promise.allSettled([...this.#running, this.#markers.allSettled()]);
  }

  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const heartbeats = new BatchHeartbeats(payload, this.#settings.rebalancing);
    const passed = this.#markers.settled(batch);
    if (passed !== undefined) await beatingWhile({ heartbeat: () => heartbeats.beat() }, passed);
    const key = partitionKey(batch);
    const { positions, failure } = this.#state;
    const position = positions.get(key);
    if (position === undefined || payload.isStale() || failure !== undefined) return;
    try {
      this.#checkContinues(batch, position.offset);
      await this.#deliver(batch, heartbeats);
    } catch (error) {
      this.#settings.failed(error);
      throw new KafkaJSNonRetriableError(error instanceof Error ? error : String(error));
    }
    if (positions.get(key) === position) {
      positions.set(key, { offset: Number(batch.lastOffset()) + 1 });
      payload.resolveOffset(batch.lastOffset());
    }
    heartbeats.throwIfFailed();
  }

  #checkContinues(batch: Batch, expected: number): void {
    const first = Number(batch.firstOffset());
    const isHole = first > expected && this.#withHoles.has(batch.topic);
    if (first !== expected && !isHole) throw inputGap(batch, expected, first);
  }

  async #deliver(batch: Batch, heartbeats: BatchHeartbeats): Promise<void> {
    const { topic, partition, highWatermark } = batch;
    const records = this.#recordsOf(batch);
    if (records.length === 0) return;
    await this.#hand(
      { topic, partition, records, highWatermark: Number(highWatermark) },
      { heartbeat: () => heartbeats.beat() },
    );
  }

  #recordsOf(batch: Batch): ConsumedRecord[] {
    const { topic, partition, messages } = batch;
    if (!this.#settings.options.withMarkers) return consumedRecords({ topic, partition }, messages);
    const wanted = { from: Number(batch.firstOffset()), withMarkers: true };
    return consumedRecords({ topic, partition }, fetchedMessages(batch), wanted);
  }

  #hand(batch: RecordBatch, context: Pick<BatchContext, 'heartbeat'>): Promise<void> {
    const { epochs } = this.#state;
    const key = partitionKey(batch);
    const epoch = epochs.epochOf(key);
    const isCurrent = () => this.#state.failure === undefined && epochs.isCurrent(key, epoch);
    return this.#settings.options.batch(batch, { ...context, isCurrent });
  }
}

function batchOf({ topic, partition, highWatermark }: MarkerRange) {
  return { topic, partition, highWatermark };
}
