import {
  type BatchContext,
  type GroupConsumer,
  partitionKey,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
  type WatchedPosition,
} from '@trending/kafka';
import { rebuildFrom } from '../domain/rebuild-range.ts';
import { CategoryTable } from '../state/category-table.ts';
import { AggregateBatches } from './aggregate-batch.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import { AggregateTask } from './aggregate-task.ts';
import { EmissionDriver } from './emission-driver.ts';
import { MetadataReader } from './metadata-reader.ts';
import { RebuildProgress } from './rebuild-progress.ts';
import { withRetries } from './retry.ts';

/** Offsets are committed for lag displays and to know which dead letters were appended, ms. */
const commitEveryMs = 5_000;
/** Key of the empty record whose offset becomes the epoch of the sets behind it. */
export const candidateFenceKey = 'fence';

export interface AggregateMemberSettings {
  readonly ports: AggregatePorts;
  readonly group: string;
  readonly crash: (error: unknown) => void;
}

/** One process in the aggregate group: a task per assigned partition, one emission driver for all of them. */
export class AggregateMember {
  readonly #settings: AggregateMemberSettings;
  readonly #categories = new CategoryTable();
  readonly #metadata: MetadataReader;
  readonly #emissions: EmissionDriver;
  readonly #batches: AggregateBatches;
  readonly #progress: RebuildProgress;
  /** By partition. Those of an assignment that is over wait in `#kept` for the next one, which may give them back. */
  #tasks = new Map<number, AggregateTask>();
  #kept = new Map<number, AggregateTask>();
  #committed = new Map<number, number>();
  #consumer: GroupConsumer | undefined;
  readonly #joined = Promise.withResolvers<GroupConsumer>();
  #assignments = 0;
  #hasAssignment = false;
  #commitTimer: ReturnType<typeof setInterval> | undefined;

  constructor(settings: AggregateMemberSettings) {
    const { ports, crash } = settings;
    this.#settings = settings;
    this.#progress = new RebuildProgress(ports.clock, ports.logger);
    this.#emissions = new EmissionDriver(ports, () => this.#tasks.values(), crash);
    this.#batches = new AggregateBatches(ports, (partition) => this.#committedUpTo(partition));
    this.#metadata = new MetadataReader(ports, this.#categories, (token) => {
      for (const task of this.tasks()) task.state.store.recategorise(token);
      this.#emissions.poke();
    });
  }

  /** All partitions in memory, those between two assignments too. */
  tasks(): AggregateTask[] {
    return [...this.#tasks.values(), ...this.#kept.values()];
  }

  async start(): Promise<void> {
    const { ports, group, crash } = this.#settings;
    await this.#metadata.start(crash);
    this.#emissions.start();
    this.#consumer = await ports.log.runGroup({
      groupId: group,
      topics: [ports.viewsTopic],
      assigned: (partitions) => this.#assigned(partitions),
      revoked: async () => this.#revoked(),
      batch: (batch, context) => this.#batch(batch, context),
      crashed: crash,
    });
    this.#joined.resolve(this.#consumer);
    this.#commitTimer = setInterval(() => void this.#commit(), commitEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#commitTimer);
    if (this.#consumer !== undefined) await this.#commit();
    await this.#consumer?.stop();
    this.#consumer = undefined;
    await this.#emissions.stop();
    await this.#metadata.stop();
  }

  /** Undefined once every assigned partition has caught up. */
  unreadiness(): string | undefined {
    if (!this.#hasAssignment) return 'waits for its partitions';
    const behind = [...this.#tasks.values()].filter(({ isCaughtUp }) => !isCaughtUp);
    if (behind.length === 0) return undefined;
    const { done, total } = behind
      .map((task) => task.progress())
      .reduce((a, b) => ({ done: a.done + b.done, total: a.total + b.total }));
    return `rebuilds ${behind.length} partitions: ${done} of ${total} records`;
  }

  emissionWaitingMs(): number {
    return this.#emissions.waitingMs();
  }

  positions(): WatchedPosition[] {
    const { viewsTopic: topic } = this.#settings.ports;
    return [...this.#tasks.values()].map(({ partition, position }) => ({
      topic,
      partition,
      position,
    }));
  }

  #revoked(): void {
    this.#assignments += 1;
    this.#hasAssignment = false;
    this.#kept = new Map([...this.#kept, ...this.#tasks]);
    this.#tasks = new Map();
  }

  async #assigned(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.#revoked();
    const turn = this.#assignments;
    const tasks = await this.#tasksOf(partitions);
    if (turn !== this.#assignments) return new Map();
    this.#tasks = tasks;
    this.#kept = new Map();
    this.#committed = new Map();
    this.#hasAssignment = true;
    this.#emissions.poke();
    return new Map(
      partitions.map((own) => [partitionKey(own), tasks.get(own.partition)?.position ?? 0]),
    );
  }

  /** Kept partitions go on where they stand: their state is a function of the log, whoever else read it meanwhile. */
  async #tasksOf(partitions: readonly TopicPartition[]): Promise<Map<number, AggregateTask>> {
    if (partitions.length === 0) return new Map();
    const { log, viewsTopic, clock, logger } = this.#settings.ports;
    const now = clock.now();
    const categories = this.#categories;
    const epoch = await this.#fence();
    const ends = await log.endOffsets(viewsTopic);
    const starts = await log.offsetsForTime(viewsTopic, rebuildFrom(now));
    const tasks = partitions.map(({ partition }) => {
      const catchUpTo = ends.get(partition) ?? 0;
      const kept = this.#kept.get(partition);
      kept?.reassigned(epoch, catchUpTo);
      if (kept !== undefined) return kept;
      const from = Math.min(starts.get(partition) ?? 0, catchUpTo);
      return new AggregateTask({ partition, from, catchUpTo, epoch, now, categories });
    });
    const fresh = tasks.filter((task) => !this.#kept.has(task.partition)).length;
    logger.info({ partitions: tasks.length, rebuilt: fresh, epoch }, 'partitions assigned');
    return new Map(tasks.map((task) => [task.partition, task]));
  }

  /**
   * The epoch of an assignment is the offset of a record of its own on the candidates topic: the broker gives every offset once and
   * rising, so no former owner's epoch, whatever its clock, is as great.
   */
  #fence(): Promise<number> {
    const { log, logger, candidatesTarget } = this.#settings.ports;
    return withRetries(
      () => log.append(candidatesTarget, [{ key: candidateFenceKey, value: null }]),
      (error) => logger.warn({ err: error }, 'fence could not be appended yet'),
    );
  }

  async #batch(batch: RecordBatch, context: BatchContext): Promise<void> {
    const task = this.#tasks.get(batch.partition);
    if (task === undefined) return;
    await this.#batches.handle(task, batch, context);
    this.#progress.observe(this.#tasks.values());
    this.#emissions.poke();
  }

  /** Offset committed before this assignment; dead letters below it were acknowledged before that commit. */
  async #committedUpTo(partition: number): Promise<number> {
    const known = this.#committed.get(partition);
    if (known !== undefined) return known;
    const consumer = await this.#joined.promise;
    const topic = this.#settings.ports.viewsTopic;
    const { offset } = await consumer.committed({ topic, partition });
    this.#committed.set(partition, offset);
    return offset;
  }

  async #commit(): Promise<void> {
    const { viewsTopic: topic, logger } = this.#settings.ports;
    for (const task of this.#tasks.values()) {
      const { partition, position } = task;
      if (!task.isCaughtUp || task.deadLettersPending > 0) continue;
      try {
        if (position <= (await this.#committedUpTo(partition))) continue;
        await this.#consumer?.commit({ topic, partition }, position);
        this.#committed.set(partition, position);
      } catch (error) {
        logger.debug({ err: error, partition }, 'offset could not be committed');
      }
    }
  }
}
