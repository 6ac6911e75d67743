import { AppError, type Logger } from '@trending/runtime';
import kafkajs, { type Batch, type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { BatchHeartbeats } from './batch-heartbeats.ts';
import { stickyAssigner } from './group-assigner.ts';
import { OffsetCommitter, resolveStarts } from './group-offsets.ts';
import { consumerSettings, sessionTimeoutMs } from './group-settings.ts';
import { appErrorOf } from './kafka-errors.ts';
import {
  type CommittedOffset,
  type GroupConsumer,
  partitionKey,
  type RunGroupOptions,
  type TopicPartition,
} from './log-port.ts';
import { PartitionEpochs } from './partition-epochs.ts';
import { consumedRecords } from './record-mapping.ts';
import { inputGap } from './topic-errors.ts';
import type { TopicsAdmin } from './topics-admin.ts';

const { KafkaJSNonRetriableError } = kafkajs;

export interface GroupConsumerSettings {
  /** An instance of its own: kafkajs mixes up two members of one group on one instance. */
  readonly kafka: Kafka;
  readonly admin: TopicsAdmin;
  readonly memberName: string;
  readonly logger: Logger;
}

/** A partition that is being read; a new object after each seek, so a batch in flight sees that it was overtaken. */
interface Position {
  readonly offset: number;
}

/** A group member on kafkajs. Every assignment goes pause → `assigned` → seek → resume. */
export class KafkaGroupConsumer implements GroupConsumer {
  readonly #settings: GroupConsumerSettings;
  readonly #options: RunGroupOptions;
  readonly #consumer: Consumer;
  readonly #committer: OffsetCommitter;
  readonly #epochs = new PartitionEpochs();
  readonly #positions = new Map<string, Position>();
  readonly #paused = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #compacted = new Set<string>();
  readonly #joined = Promise.withResolvers<void>();
  #owned: readonly TopicPartition[] = [];
  #assignments = 0;
  #handOver: Promise<void> | undefined;
  #failure: Error | undefined;
  #stopped: Promise<void> | undefined;

  constructor(settings: GroupConsumerSettings, options: RunGroupOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#consumer = settings.kafka.consumer({
      ...consumerSettings,
      groupId: options.groupId,
      partitionAssigners: [stickyAssigner(settings.memberName)],
    });
    this.#committer = new OffsetCommitter(this.#consumer, options.groupId);
  }

  /** Joins; resolves when the first assignment is known. */
  async start(): Promise<void> {
    const { topics } = this.#options;
    for (const topic of topics) {
      await this.#settings.admin.partitionCount(topic);
      if (await this.#settings.admin.isCompacted(topic)) this.#compacted.add(topic);
    }
    this.#joined.promise.catch(() => undefined);
    this.#listen();
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: (payload) => this.#onBatch(payload),
      });
      await this.#joined.promise;
    } catch (error) {
      await this.#consumer.disconnect().catch(() => undefined);
      const what = `joining group ${this.#options.groupId}`;
      throw appErrorOf(error, { what, topic: topics.join(', '), code: 'BROKER_UNAVAILABLE' });
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(partitionKey(partition));
    this.#consumer.pause(partitions.map(topicPartitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(partitionKey(partition));
    // A partition without a position is still being restored: it resumes when that is done.
    const ready = partitions.filter((partition) => this.#positions.has(partitionKey(partition)));
    this.#consumer.resume(ready.map(topicPartitions));
  }

  seek(partition: TopicPartition, offset: number): void {
    const key = partitionKey(partition);
    if (!this.#positions.has(key)) return;
    this.#positions.set(key, { offset });
    this.#consumer.seek({ ...partition, offset: String(offset) });
  }

  commit(target: TopicPartition, offset: number, metadata = ''): Promise<void> {
    const key = partitionKey(target);
    const epoch = this.#epochs.epochOf(key);
    const isOurs = () =>
      this.#failure === undefined &&
      this.#epochs.epochOf(key) === epoch &&
      this.#owned.some((own) => partitionKey(own) === key);
    return this.#committer.commit({ target, offset, metadata, isOurs });
  }

  async committed({ topic, partition }: TopicPartition): Promise<CommittedOffset> {
    const offsets = await this.#settings.admin.committed(this.#options.groupId, topic);
    return offsets.get(partition) ?? { offset: -1, metadata: '' };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#leave();
    return this.#stopped;
  }

  #listen(): void {
    const { events } = this.#consumer;
    // kafkajs emits these synchronously; up to pause() nothing may be awaited.
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const owned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#onJoin(owned);
    });
    this.#consumer.on(events.REBALANCING, () => void this.#beginHandOver());
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      // Only control records: the batch never reaches eachBatch, yet the position moves over it.
      if (payload.batchSize > 0) return;
      const key = partitionKey(payload);
      if (!this.#positions.has(key)) return;
      this.#positions.set(key, { offset: Number(payload.lastOffset) + 1 });
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#fail(payload.error);
    });
  }

  #onJoin(partitions: readonly TopicPartition[]): void {
    this.#handOver ??= this.#beginHandOver();
    const handedOver = this.#handOver;
    this.#handOver = undefined;
    this.#assignments += 1;
    this.#owned = partitions;
    this.#epochs.assign(partitions);
    this.#positions.clear();
    this.#paused.clear();
    if (partitions.length > 0) this.#consumer.pause(partitions.map(topicPartitions));
    this.#joined.resolve();
    this.#restore(partitions, handedOver).catch((error: unknown) => {
      this.#fail(error);
      void this.#consumer.disconnect().catch(() => undefined);
    });
  }

  /** The end of the present assignment: handlers become stale, then the application drains, while others may already read. */
  #beginHandOver(): Promise<void> {
    if (this.#handOver !== undefined) return this.#handOver;
    const lost = this.#owned;
    this.#epochs.revokeAll();
    this.#positions.clear();
    const revoked = lost.length > 0 ? this.#options.revoked?.(lost) : undefined;
    this.#handOver = Promise.race([revoked ?? Promise.resolve(), timeLimit()]);
    this.#handOver.catch(() => undefined);
    return this.#handOver;
  }

  async #restore(partitions: readonly TopicPartition[], handedOver: Promise<void>): Promise<void> {
    const assignment = this.#assignments;
    const isOver = () => assignment !== this.#assignments || this.#stopped !== undefined;
    await handedOver;
    if (isOver()) return;
    const starts = await this.#options.assigned(partitions);
    if (isOver()) return;
    const { groupId } = this.#options;
    const offsets = await resolveStarts(this.#settings.admin, { groupId, partitions, starts });
    // Not while a hand-over runs: its rejoin comes with an assignment of its own.
    if (isOver() || this.#handOver !== undefined) return;
    for (const partition of partitions) {
      const offset = offsets.get(partitionKey(partition)) ?? 0;
      this.#positions.set(partitionKey(partition), { offset });
      this.#consumer.seek({ ...partition, offset: String(offset) });
    }
    this.resume(partitions.filter((partition) => !this.#paused.has(partitionKey(partition))));
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    this.#committer.adopt(payload);
    const handled = this.#handle(payload);
    this.#running.add(handled);
    try {
      await handled;
    } finally {
      this.#running.delete(handled);
    }
  }

  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const key = partitionKey(batch);
    const position = this.#positions.get(key);
    if (position === undefined || payload.isStale() || this.#failure !== undefined) return;
    const heartbeats = new BatchHeartbeats(payload, () => this.#beginHandOver());
    try {
      const first = Number(batch.firstOffset());
      this.#checkContinues(batch, { expected: position.offset, first });
      await this.#deliver(batch, heartbeats);
    } catch (error) {
      this.#fail(error);
      throw new KafkaJSNonRetriableError(error instanceof Error ? error : String(error));
    }
    if (this.#positions.get(key) === position) {
      this.#positions.set(key, { offset: Number(batch.lastOffset()) + 1 });
      payload.resolveOffset(batch.lastOffset());
    }
    heartbeats.throwIfFailed();
  }

  #checkContinues(batch: Batch, { expected, first }: { expected: number; first: number }): void {
    const isHole = first > expected && this.#compacted.has(batch.topic);
    if (first !== expected && !isHole) throw inputGap(batch, expected, first);
  }

  async #deliver(batch: Batch, heartbeats: BatchHeartbeats): Promise<void> {
    const { topic, partition } = batch;
    const key = partitionKey(batch);
    const epoch = this.#epochs.epochOf(key);
    const records = consumedRecords({ topic, partition }, batch.messages);
    if (records.length === 0) return;
    await this.#options.batch(
      { topic, partition, records, highWatermark: Number(batch.highWatermark) },
      {
        isCurrent: () => this.#failure === undefined && this.#epochs.isCurrent(key, epoch),
        heartbeat: () => heartbeats.beat(),
      },
    );
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined || this.#stopped !== undefined) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#epochs.revokeAll();
    if (this.#assignments === 0) this.#joined.reject(this.#failure);
    else this.#options.crashed(crashError(this.#failure, this.#options.groupId));
  }

  async #leave(): Promise<void> {
    if (this.#failure === undefined && this.#owned.length > 0) {
      this.#consumer.pause(this.#owned.map(topicPartitions));
      await Promise.race([Promise.allSettled(this.#running), timeLimit()]);
      await this.#beginHandOver();
    }
    this.#epochs.revokeAll();
    await this.#consumer.disconnect();
    if (this.#options.ephemeral)
      await this.#settings.admin.deleteGroup(this.#options.groupId).catch((error: unknown) => {
        this.#settings.logger.debug({ err: error }, 'private group not deleted, it will expire');
      });
  }
}

function topicPartitions({ topic, partition }: TopicPartition) {
  return { topic, partitions: [partition] };
}

function timeLimit(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sessionTimeoutMs));
}

/** What kafkajs could not mend; errors of the application's handlers stay what they are. */
function crashError(error: Error, groupId: string): Error {
  if (!error.name.startsWith('KafkaJS')) return error;
  return new AppError({
    code: 'CONSUMER_CRASHED',
    message: `The consumer of group ${groupId} gave up: ${error.message}. The process must restart.`,
    cause: error,
  });
}
