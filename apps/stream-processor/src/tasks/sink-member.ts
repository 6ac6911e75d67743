import {
  type GroupConsumer,
  type Log,
  partitionKey,
  partitionOfKey,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
  topicName,
  type WatchedPosition,
} from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import { SinkBuffer, type SinkRange } from './sink-buffer.ts';
import { type PartitionLag, SinkLag } from './sink-lag.ts';
import type { SinkMetrics } from './sink-metrics.ts';
import type { Delay, RowBlock, RowSink, SinkLimits } from './sink-ports.ts';
import { repairTable } from './sink-repair.ts';
import { type SinkStart, sinkStartOf } from './sink-start.ts';
import { type SinkSerdes, type SinkStream, sinkStreams } from './sink-streams.ts';
import { type SinkFailure, SinkTask } from './sink-task.ts';
import { waitOrAbort } from './wait-or-abort.ts';

export interface SinkMemberSettings {
  readonly log: Log;
  readonly serdes: SinkSerdes;
  readonly sink: RowSink;
  readonly group: string;
  readonly topicPrefix: string;
  readonly logger: Logger;
  readonly metrics: SinkMetrics;
  readonly clock: Clock;
  readonly crash: (error: unknown) => void;
  readonly limits: SinkLimits;
  readonly delay?: Delay;
}

interface OwnedPartition {
  readonly task: SinkTask;
  /** Next offset to be read. */
  position: number;
}

/** One process's place in the sink's group: a task per assigned partition. */
export class SinkMember {
  readonly #settings: SinkMemberSettings;
  readonly #streams: ReadonlyMap<string, SinkStream>;
  readonly #owned = new Map<string, OwnedPartition>();
  readonly #failing = new Map<string, string>();
  readonly #lag: SinkLag;
  readonly #consumer = Promise.withResolvers<GroupConsumer>();
  #assignments = 0;
  #hasAssignment = false;
  #member: GroupConsumer | undefined;

  constructor(settings: SinkMemberSettings) {
    this.#settings = settings;
    this.#streams = new Map(
      sinkStreams(settings.serdes).map((one) => [topicName(one.topic, settings.topicPrefix), one]),
    );
    this.#consumer.promise.catch(() => undefined);
    this.#lag = new SinkLag(settings.log);
  }

  async start(): Promise<void> {
    const { log, group, crash } = this.#settings;
    try {
      const consumer = await log.runGroup({
        groupId: group,
        topics: [...this.#streams.keys()],
        withMarkers: true,
        isUnhurried: true,
        assigned: async (partitions) => this.#assigned(partitions, await this.#consumer.promise),
        revoked: (partitions) => this.#revoked(partitions),
        batch: async (batch) => this.#accept(batch),
        crashed: crash,
      });
      this.#member = consumer;
      this.#consumer.resolve(consumer);
    } catch (error) {
      this.#consumer.reject(error);
      throw error;
    }
  }

  async stop(): Promise<void> {
    const consumer = await this.#consumer.promise.catch(() => undefined);
    await consumer?.stop();
    this.#assignments += 1;
    await this.#releaseAll();
  }

  /** What is being read, for the watchdog; a partition that waits for ClickHouse stands still rightly. */
  positions(): readonly WatchedPosition[] {
    return [...this.#owned]
      .filter(([, { task }]) => !task.isPaused)
      .map(([key, { position }]) => ({ ...partitionOfKey(key), position }));
  }

  /** Is a partition of the topic (prefixed) this member's? */
  owns(target: TopicPartition): boolean {
    return this.#owned.has(partitionKey(target));
  }

  /** How far ClickHouse is behind the log. */
  lag(): Promise<readonly PartitionLag[]> {
    return this.#lag.now();
  }

  /** Why it is not up to its work, if so. */
  problem(): string | undefined {
    if (!this.#hasAssignment) return 'waits for its partitions';
    return this.#member?.problem?.() ?? this.#failing.values().next().value;
  }

  async #assigned(
    partitions: readonly TopicPartition[],
    consumer: GroupConsumer,
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.#hasAssignment = false;
    this.#assignments += 1;
    const turn = this.#assignments;
    const isCurrent = () => turn === this.#assignments;
    const sources = { delay: waitOrAbort, ...this.#settings, consumer, isCurrent };
    // Kept partitions start anew too: their range in flight is in the commit that is read now.
    await this.#releaseAll();
    const assignments = await Promise.all(
      partitions.map(async (target) => {
        const stream = this.#streamOf(target.topic);
        const start = await sinkStartOf(target, stream.topic, sources);
        return { target, stream, start, consumer };
      }),
    );
    // A later assignment has tasks of its own by now, or will: one beside it, unknown to anybody, would insert the same rows in other ranges.
    if (!isCurrent()) return new Map();
    for (const assignment of assignments) this.#own(assignment);
    this.#hasAssignment = true;
    this.#settings.logger.info({ partitions: partitions.length }, 'sink partitions assigned');
    return new Map(assignments.map(({ target, start }) => [partitionKey(target), start.offset]));
  }

  #own(assignment: Assignment): void {
    const { target, stream, start, consumer } = assignment;
    const { logger, clock, delay = waitOrAbort, crash } = this.#settings;
    const key = partitionKey(target);
    if (start.gap > 0) {
      this.#settings.metrics.gapRecords.inc({ table: stream.table }, start.gap);
      logger.error({ ...target, ...start }, 'retention removed records before they were inserted');
    }
    const task = new SinkTask({
      target,
      buffer: new SinkBuffer(this.#settings.limits, start.offset, start.pendingEnd),
      limits: { ...this.#settings.limits, ...stream.pace },
      delay,
      encode: stream.encoder((reason) => {
        this.#settings.metrics.skipped.inc({ table: stream.table, reason });
      }),
      insert: (block) => this.#insert(block, clock.now()),
      repair: (block, { start: first, end }, table) => {
        const { topic } = stream;
        const origin = { topic: topic.name, partition: target.partition, start: first, end };
        return repairTable(this.#settings, { ...block, origin }, table);
      },
      commit: (offset, metadata) => consumer.commit(target, offset, metadata),
      setPaused: (isPaused) => (isPaused ? consumer.pause([target]) : consumer.resume([target])),
      done: (range) => this.#done(target, range),
      failed: (failure) => this.#failed(assignment, failure),
      crashed: crash,
    });
    this.#owned.set(key, { task, position: start.offset });
    this.#lag.begin(target, start.offset);
    task.start();
  }

  #accept(batch: RecordBatch): void {
    const owned = this.#owned.get(partitionKey(batch));
    if (owned === undefined) return;
    owned.position = (batch.records.at(-1)?.offset ?? owned.position - 1) + 1;
    owned.task.accept(batch.records);
  }

  async #insert(block: RowBlock, startedAt: number): Promise<void> {
    await this.#settings.sink.insert(block);
    const { table, rows } = block;
    const now = this.#settings.clock.now();
    this.#settings.metrics.rows.inc({ table }, rows);
    this.#settings.metrics.inserts.inc({ table });
    this.#settings.metrics.insertSeconds.observe({ table }, (now - startedAt) / 1000);
    this.#settings.metrics.lastInsert.set({ table }, now / 1000);
  }

  #done(target: TopicPartition, { end }: SinkRange): void {
    this.#failing.delete(partitionKey(target));
    this.#lag.inserted(target, end);
  }

  #failed({ target, stream }: Assignment, { step, attempt, error }: SinkFailure): void {
    const what = `${partitionKey(target)} ${step} failed ${attempt + 1} times: ${error.message}`;
    this.#failing.set(partitionKey(target), what);
    this.#settings.metrics.retries.inc({ table: stream.table, step });
    // The first failure and then every tenth: an outage of hours is not a flood of lines.
    if (attempt % 10 === 0) {
      this.#settings.logger.warn(
        { ...target, step, attempt, err: error },
        'sink step will be repeated',
      );
    }
  }

  #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#hasAssignment = false;
    this.#assignments += 1;
    return this.#release(partitions);
  }

  async #release(partitions: readonly TopicPartition[]): Promise<void> {
    await Promise.all(
      partitions.map(async (target) => {
        const key = partitionKey(target);
        const owned = this.#owned.get(key);
        await owned?.task.stop();
        if (this.#owned.get(key) === owned) {
          this.#owned.delete(key);
          this.#lag.release(target);
        }
        this.#failing.delete(key);
      }),
    );
  }

  #releaseAll(): Promise<void> {
    return this.#release([...this.#owned.keys()].map(partitionOfKey));
  }

  #streamOf(topic: string): SinkStream {
    const stream = this.#streams.get(topic);
    if (stream === undefined)
      throw new Error(`the sink was given ${topic}, which it did not ask for`);
    return stream;
  }
}

interface Assignment {
  readonly target: TopicPartition;
  readonly stream: SinkStream;
  readonly start: SinkStart;
  readonly consumer: GroupConsumer;
}
