import { setTimeout as timeout } from 'node:timers/promises';
import {
  type GroupConsumer,
  type Log,
  partitionKey,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
  topicName,
} from '@trending/kafka';
import type { Clock, HealthCheck, Logger, Part, Registry } from '@trending/runtime';
import { SinkBuffer, type SinkRange } from './sink-buffer.ts';
import { createSinkMetrics, type SinkMetrics } from './sink-metrics.ts';
import { PartitionSink, type SinkFailure } from './sink-partition.ts';
import {
  type Delay,
  defaultSinkLimits,
  type RowBlock,
  type RowSink,
  type SinkLimits,
} from './sink-ports.ts';
import { type SinkStart, sinkStartOf } from './sink-start.ts';
import { type SinkSerdes, type SinkStream, sinkStreams } from './sink-streams.ts';

export const sinkGroup = 'clickhouse-sink';

export interface SinkRoleDeps {
  readonly log: Log;
  readonly serdes: SinkSerdes;
  readonly sink: RowSink;
  readonly topicPrefix: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  /** The process must end. */
  readonly crashed: (error: Error) => void;
  readonly limits?: Partial<SinkLimits>;
  readonly delay?: Delay;
}

export interface SinkRole extends Part {
  /** For /readyz. */
  readonly checks: readonly HealthCheck[];
}

/** Views, boards and metadata into ClickHouse, each record's rows once. Stops with the sink closed. */
export function createSinkRole(deps: SinkRoleDeps): SinkRole {
  return new Role(deps);
}

const waitOrAbort: Delay = (ms, signal) =>
  timeout(ms, undefined, { signal }).catch(() => undefined);

interface OwnedPartition {
  readonly sink: PartitionSink;
  highWatermark: number;
}

class Role implements SinkRole {
  readonly name = 'sink';
  readonly checks: readonly HealthCheck[];
  readonly #deps: SinkRoleDeps;
  readonly #limits: SinkLimits;
  readonly #metrics: SinkMetrics;
  readonly #streams: ReadonlyMap<string, SinkStream>;
  readonly #owned = new Map<string, OwnedPartition>();
  readonly #failing = new Map<string, string>();
  #consumer: PromiseWithResolvers<GroupConsumer> | undefined;

  constructor(deps: SinkRoleDeps) {
    this.#deps = deps;
    this.#limits = { ...defaultSinkLimits, ...deps.limits };
    this.#metrics = createSinkMetrics(deps.metrics);
    this.#streams = new Map(
      sinkStreams(deps.serdes).map((one) => [topicName(one.topic, deps.topicPrefix), one]),
    );
    this.checks = [{ name: 'sink', check: () => this.#problem() }];
  }

  async start(): Promise<void> {
    if (this.#consumer !== undefined) return;
    const ready = Promise.withResolvers<GroupConsumer>();
    this.#consumer = ready;
    ready.promise.catch(() => undefined);
    const joined = this.#deps.log.runGroup({
      groupId: `${this.#deps.topicPrefix}${sinkGroup}`,
      topics: [...this.#streams.keys()],
      assigned: async (partitions) => this.#assigned(partitions, await ready.promise),
      revoked: (partitions) => this.#release(partitions),
      batch: async (batch) => this.#accept(batch),
      crashed: this.#deps.crashed,
    });
    joined.then(ready.resolve, ready.reject);
    await joined;
  }

  async stop(): Promise<void> {
    const ready = this.#consumer;
    if (ready === undefined) return;
    this.#consumer = undefined;
    const consumer = await ready.promise.catch(() => undefined);
    await consumer?.stop();
    await this.#release([...this.#owned.keys()].map(partitionOfKey));
    await this.#deps.sink.close();
  }

  async #assigned(
    partitions: readonly TopicPartition[],
    consumer: GroupConsumer,
  ): Promise<ReadonlyMap<string, StartPosition>> {
    // Kept partitions start anew too: their range in flight is in the commit that is read now.
    await this.#release([...this.#owned.keys()].map(partitionOfKey));
    const starts = await Promise.all(
      partitions.map(async (target) => {
        const stream = this.#streamOf(target.topic);
        const start = await sinkStartOf(target, stream.topic, { ...this.#deps, consumer });
        this.#own({ target, stream, start, consumer });
        return [partitionKey(target), start.offset] as const;
      }),
    );
    this.#deps.logger.info({ partitions: partitions.length }, 'sink partitions assigned');
    return new Map(starts);
  }

  #own(assignment: Assignment): void {
    const { target, stream, start, consumer } = assignment;
    const { logger, clock, delay = waitOrAbort, crashed } = this.#deps;
    const key = partitionKey(target);
    if (start.gap > 0) {
      this.#metrics.gapRecords.inc({ table: stream.table }, start.gap);
      logger.error({ ...target, ...start }, 'retention removed records before they were inserted');
    }
    const sink = new PartitionSink({
      target,
      buffer: new SinkBuffer(this.#limits, start.offset, start.pendingEnd),
      limits: this.#limits,
      delay,
      encode: stream.encoder((reason) => {
        this.#metrics.skipped.inc({ table: stream.table, reason });
      }),
      insert: (block) => this.#insert(block, clock.now()),
      commit: (offset, metadata) => consumer.commit(target, offset, metadata),
      setPaused: (isPaused) => (isPaused ? consumer.pause([target]) : consumer.resume([target])),
      done: (range) => this.#done(target, range),
      failed: (failure) => this.#failed(assignment, failure),
      crashed,
    });
    this.#owned.set(key, { sink, highWatermark: start.offset });
    sink.start();
  }

  #accept(batch: RecordBatch): void {
    const owned = this.#owned.get(partitionKey(batch));
    if (owned === undefined) return;
    owned.highWatermark = batch.highWatermark;
    owned.sink.accept(batch.records);
  }

  async #insert(block: RowBlock, startedAt: number): Promise<void> {
    await this.#deps.sink.insert(block);
    const { table, rows } = block;
    const now = this.#deps.clock.now();
    this.#metrics.rows.inc({ table }, rows);
    this.#metrics.inserts.inc({ table });
    this.#metrics.insertSeconds.observe({ table }, (now - startedAt) / 1000);
    this.#metrics.lastInsert.set({ table }, now / 1000);
  }

  #done(target: TopicPartition, { end }: SinkRange): void {
    const key = partitionKey(target);
    const { topic, partition } = target;
    const highWatermark = this.#owned.get(key)?.highWatermark ?? end;
    this.#failing.delete(key);
    this.#metrics.lag.set(
      { topic, partition: String(partition) },
      Math.max(0, highWatermark - end),
    );
  }

  #failed({ target, stream }: Assignment, { step, attempt, error }: SinkFailure): void {
    const what = `${partitionKey(target)} ${step} failed ${attempt + 1} times: ${error.message}`;
    this.#failing.set(partitionKey(target), what);
    this.#metrics.retries.inc({ table: stream.table, step });
    // The first failure and then every tenth: an outage of hours is not a flood of lines.
    if (attempt % 10 === 0) {
      this.#deps.logger.warn(
        { ...target, step, attempt, err: error },
        'sink step will be repeated',
      );
    }
  }

  async #release(partitions: readonly TopicPartition[]): Promise<void> {
    await Promise.all(
      partitions.map(async (target) => {
        const key = partitionKey(target);
        const owned = this.#owned.get(key);
        await owned?.sink.stop();
        if (this.#owned.get(key) === owned) this.#owned.delete(key);
        this.#failing.delete(key);
        const { topic, partition } = target;
        this.#metrics.lag.remove({ topic, partition: String(partition) });
      }),
    );
  }

  #streamOf(topic: string): SinkStream {
    const stream = this.#streams.get(topic);
    if (stream === undefined)
      throw new Error(`the sink was given ${topic}, which it did not ask for`);
    return stream;
  }

  #problem(): string | undefined {
    if (this.#consumer === undefined) return 'not started';
    return this.#failing.values().next().value;
  }
}

interface Assignment {
  readonly target: TopicPartition;
  readonly stream: SinkStream;
  readonly start: SinkStart;
  readonly consumer: GroupConsumer;
}

function partitionOfKey(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
