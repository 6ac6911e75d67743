import kafkajs, { type Batch, type EachBatchPayload } from 'kafkajs';
import { BatchHeartbeats } from './batch-heartbeats.ts';
import { partitionKey, type RunGroupOptions } from './log-port.ts';
import { PartitionEpochs } from './partition-epochs.ts';
import { consumedRecords } from './record-mapping.ts';
import { inputGap } from './topic-errors.ts';

const { KafkaJSNonRetriableError } = kafkajs;

/** A partition that is being read; a new object after each seek, so a batch in flight sees that it was overtaken. */
interface Position {
  readonly offset: number;
}

/** What a member knows of its present assignment. */
export class MemberState {
  readonly epochs = new PartitionEpochs();
  /** Next offset by partition key; none while a partition is being restored. */
  readonly positions = new Map<string, Position>();
  failure: Error | undefined;
}

export interface BatchDeliverySettings {
  readonly state: MemberState;
  readonly options: Pick<RunGroupOptions, 'batch'>;
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

  constructor(settings: BatchDeliverySettings) {
    this.#settings = settings;
    this.#state = settings.state;
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
    readonly lastOffset: string;
  }): void {
    const key = partitionKey(notice);
    if (notice.batchSize > 0 || !this.#state.positions.has(key)) return;
    this.#state.positions.set(key, { offset: Number(notice.lastOffset) + 1 });
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
    return Promise.allSettled(this.#running);
  }

  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const key = partitionKey(batch);
    const { positions, failure } = this.#state;
    const position = positions.get(key);
    if (position === undefined || payload.isStale() || failure !== undefined) return;
    const heartbeats = new BatchHeartbeats(payload, this.#settings.rebalancing);
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
    const { topic, partition } = batch;
    const key = partitionKey(batch);
    const { epochs } = this.#state;
    const epoch = epochs.epochOf(key);
    const records = consumedRecords({ topic, partition }, batch.messages);
    if (records.length === 0) return;
    await this.#settings.options.batch(
      { topic, partition, records, highWatermark: Number(batch.highWatermark) },
      {
        isCurrent: () => this.#state.failure === undefined && epochs.isCurrent(key, epoch),
        heartbeat: () => heartbeats.beat(),
      },
    );
  }
}
