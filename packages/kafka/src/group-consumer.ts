import { asError } from '@trending/runtime/errors';
import type { Consumer, Kafka } from 'kafkajs';
import { BatchDelivery, MemberState } from './batch-delivery.ts';
import { stickyAssigner } from './group-assigner.ts';
import { OffsetCommitter, resolveStarts } from './group-offsets.ts';
import {
  consumerSettings,
  rejoinLimitMs,
  sessionTimeoutMs,
  unhurriedFetch,
} from './group-settings.ts';
import { appErrorOf, consumerCrash } from './kafka-errors.ts';
import {
  type CommittedOffset,
  type GroupConsumer,
  partitionKey,
  type RunGroupOptions,
  type TopicPartition,
} from './log-port.ts';
import { Membership } from './membership.ts';
import { PartitionReading } from './partition-reading.ts';
import type { TopicsAdmin } from './topics-admin.ts';
import { within } from './within.ts';

/** As many as one answer usually brings, so that no partition waits for what the others do between their slices. */
const partitionsConsumedConcurrently = 16;

export interface GroupConsumerSettings {
  /** An instance of its own: kafkajs mixes up two members of one group on one instance. */
  readonly kafka: Kafka;
  readonly admin: TopicsAdmin;
  readonly memberName: string;
}

/** A group member on kafkajs. Every assignment goes pause → `assigned` → seek → resume. */
export class KafkaGroupConsumer implements GroupConsumer {
  readonly #settings: GroupConsumerSettings;
  readonly #options: RunGroupOptions;
  readonly #consumer: Consumer;
  readonly #committer: OffsetCommitter;
  readonly #state = new MemberState();
  readonly #batches: BatchDelivery;
  readonly #reading: PartitionReading;
  readonly #joined = Promise.withResolvers<void>();
  #owned: readonly TopicPartition[] = [];
  #assignments = 0;
  #handOver: Promise<void> | undefined;
  readonly #membership: Membership;
  /** The assignment before the newest is still being drained: what is committed meanwhile is its own, and void. */
  #isDraining = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: GroupConsumerSettings, options: RunGroupOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#consumer = settings.kafka.consumer({
      ...consumerSettings,
      ...(options.isUnhurried ? unhurriedFetch : {}),
      groupId: options.groupId,
      partitionAssigners: [stickyAssigner(settings.memberName, () => this.#owned)],
    });
    this.#reading = new PartitionReading(this.#consumer, this.#state.positions);
    this.#committer = new OffsetCommitter(this.#consumer, options.groupId);
    this.#membership = new Membership({
      groupId: options.groupId,
      rejoinLimitMs,
      silenceLimitMs: sessionTimeoutMs / 2,
      lostAfterMs: sessionTimeoutMs,
      stalled: (error) => this.#fail(error),
      now: () => performance.now(),
    });
    this.#batches = new BatchDelivery({
      state: this.#state,
      options,
      rebalancing: () => void this.#beginHandOver(),
      failed: (error) => this.#fail(error),
    });
  }

  /** Joins; resolves when the first assignment is known. */
  async start(): Promise<void> {
    const { topics } = this.#options;
    for (const topic of topics) {
      await this.#settings.admin.partitionCount(topic);
      if (await this.#settings.admin.isCompacted(topic)) this.#batches.allowHoles(topic);
    }
    this.#joined.promise.catch(() => undefined);
    this.#listen();
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently,
        eachBatch: (payload) => {
          this.#committer.adopt(payload);
          return this.#batches.handle(payload);
        },
      });
      await this.#joined.promise;
    } catch (error) {
      await this.#consumer.disconnect().catch(() => undefined);
      const what = `joining group ${this.#options.groupId}`;
      throw appErrorOf(error, { what, topic: topics.join(', '), code: 'BROKER_UNAVAILABLE' });
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#reading.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#reading.resume(partitions);
  }

  seek(partition: TopicPartition, offset: number): void {
    this.#reading.seek(partition, offset);
  }

  commit(target: TopicPartition, offset: number, metadata = ''): Promise<void> {
    const key = partitionKey(target);
    const epoch = this.#state.epochs.epochOf(key);
    const isOurs = () =>
      this.#state.failure === undefined &&
      !this.#isDraining &&
      this.#state.epochs.epochOf(key) === epoch &&
      this.#owned.some((own) => partitionKey(own) === key);
    return this.#committer.commit({ target, offset, metadata, isOurs });
  }

  async committed({ topic, partition }: TopicPartition): Promise<CommittedOffset> {
    const offsets = await this.#settings.admin.committed(this.#options.groupId, topic);
    return offsets.get(partition) ?? { offset: -1, metadata: '' };
  }

  problem = (): string | undefined => this.#membership.problem();

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
    this.#consumer.on(events.HEARTBEAT, () => this.#membership.heard());
    // What is thrown here is the outcome of the fetch.
    this.#consumer.on(events.FETCH_START, () => this.#membership.check());
    this.#consumer.on(events.REBALANCING, () => void this.#beginHandOver());
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => this.#batches.started(payload));
    this.#consumer.on(events.CRASH, ({ payload }) => {
      this.#fail(payload.error);
    });
  }

  #onJoin(partitions: readonly TopicPartition[]): void {
    this.#handOver ??= this.#beginHandOver();
    const handedOver = this.#handOver;
    this.#handOver = undefined;
    this.#membership.joined();
    this.#isDraining = true;
    this.#assignments += 1;
    this.#owned = partitions;
    this.#state.epochs.assign(partitions);
    this.#reading.hold(partitions);
    this.#joined.resolve();
    this.#restore(partitions, handedOver).catch((error: unknown) => {
      this.#fail(error);
      void this.#consumer.disconnect().catch(() => undefined);
    });
  }

  /** The end of the present assignment: handlers become stale, then the application drains, while others may already read. */
  #beginHandOver(): Promise<void> {
    if (this.#handOver !== undefined) return this.#handOver;
    if (this.#stopped === undefined) this.#membership.handedOver();
    const lost = this.#owned;
    this.#state.epochs.revokeAll();
    this.#state.positions.clear();
    const revoked = lost.length > 0 ? this.#options.revoked?.(lost) : undefined;
    this.#handOver = within(sessionTimeoutMs, revoked ?? Promise.resolve());
    this.#handOver.catch(() => undefined);
    return this.#handOver;
  }

  async #restore(partitions: readonly TopicPartition[], handedOver: Promise<void>): Promise<void> {
    const assignment = this.#assignments;
    // Also while a hand-over runs: the rejoin behind it comes with an assignment of its own.
    const isOver = () =>
      assignment !== this.#assignments ||
      this.#stopped !== undefined ||
      this.#handOver !== undefined;
    await handedOver;
    if (isOver()) return;
    this.#isDraining = false;
    const starts = await this.#options.assigned(partitions, (partition, offset) => {
      if (!isOver()) this.#reading.begin(partition, offset);
    });
    if (isOver()) return;
    const waiting = partitions.filter((partition) => !this.#reading.hasBegun(partition));
    const question = { groupId: this.#options.groupId, partitions: waiting, starts };
    const offsets = await resolveStarts(this.#settings.admin, question);
    if (isOver()) return;
    for (const partition of waiting)
      this.#reading.begin(partition, offsets.get(partitionKey(partition)) ?? 0);
  }

  #fail(error: unknown): void {
    if (this.#state.failure !== undefined || this.#stopped !== undefined) return;
    this.#state.failure = asError(error);
    this.#state.epochs.revokeAll();
    if (this.#assignments === 0) this.#joined.reject(this.#state.failure);
    else this.#options.crashed(consumerCrash(this.#state.failure, this.#options.groupId));
  }

  async #leave(): Promise<void> {
    this.#membership.left();
    try {
      if (this.#state.failure === undefined && this.#owned.length > 0) {
        this.#reading.pause(this.#owned);
        await within(sessionTimeoutMs, this.#batches.finished());
        await this.#beginHandOver();
      }
    } finally {
      this.#state.epochs.revokeAll();
      await this.#consumer.disconnect();
    }
  }
}
