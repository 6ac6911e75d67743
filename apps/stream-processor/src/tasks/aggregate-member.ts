import {
  type BatchContext,
  type GroupConsumer,
  partitionKey,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
  type WatchedPosition,
} from '@trending/kafka';
import { CategoryTable } from '../state/category-table.ts';
import { AggregateBatches } from './aggregate-batch.ts';
import { AggregateCommits } from './aggregate-commits.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { Checkpoints } from './checkpoints.ts';
import { EmissionDriver } from './emission-driver.ts';
import { MetadataReader } from './metadata-reader.ts';
import { RebuildProgress } from './rebuild-progress.ts';
import { withRetries } from './retry.ts';

/** Offsets are committed for lag displays and to know which dead letters were appended, ms. */
const commitEveryMs = 5_000;
const checkpointLookMs = 500;
/** Key of the empty record whose offset a partition's first epoch is counted from. */
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
  readonly #checkpoints: Checkpoints;
  readonly #progress: RebuildProgress;
  /** By partition. Those of an assignment that is over wait in `#kept` for the next one, which may give them back. */
  #tasks = new Map<number, AggregateTask>();
  #kept = new Map<number, AggregateTask>();
  readonly #commits: AggregateCommits;
  #consumer: GroupConsumer | undefined;
  #assignments = 0;
  #hasAssignment = false;
  #commitTimer: ReturnType<typeof setInterval> | undefined;
  #checkpointTimer: ReturnType<typeof setInterval> | undefined;

  constructor(settings: AggregateMemberSettings) {
    const { ports, crash } = settings;
    this.#settings = settings;
    this.#commits = new AggregateCommits(ports);
    this.#progress = new RebuildProgress(ports.clock, ports.logger);
    this.#emissions = new EmissionDriver(ports, () => this.#tasks.values(), crash);
    this.#checkpoints = new Checkpoints({
      ports,
      categories: this.#categories,
      failed: crash,
      fenceCandidates: () => this.#fence(),
    });
    this.#batches = new AggregateBatches({
      ports,
      between: (task, isBatchEnd) => this.#checkpoints.between(task, isBatchEnd),
      deadLetteredUpTo: async (task) =>
        Math.max(this.#checkpoints.endOf(task), await this.#commits.upTo(task.partition)),
    });
    this.#metadata = new MetadataReader(ports, this.#categories, (token) => {
      recategorise(this.tasks(), [token]);
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
      withMarkers: true,
      assigned: (partitions) => this.#assigned(partitions),
      revoked: () => this.#handOver(),
      batch: (batch, context) => this.#batch(batch, context),
      crashed: crash,
    });
    this.#commits.joined(this.#consumer);
    this.#commitTimer = setInterval(
      () => void this.#commits.commit(this.#tasks.values()),
      commitEveryMs,
    );
    this.#checkpointTimer = setInterval(
      () => void this.#checkpoint().catch(crash),
      checkpointLookMs,
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.#commitTimer);
    clearInterval(this.#checkpointTimer);
    if (this.#consumer !== undefined) await this.#commits.commit(this.#tasks.values());
    await this.#consumer?.stop();
    this.#consumer = undefined;
    await this.#emissions.stop();
    await this.#metadata.stop();
  }

  /** Undefined once every assigned partition has caught up. */
  unreadiness(): string | undefined {
    if (!this.#hasAssignment) return 'waits for its partitions';
    const lost = this.#consumer?.problem?.();
    if (lost !== undefined) return lost;
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
    const tasks = [...this.#tasks.values()].map(({ partition, position }) => ({
      ...{ topic, partition, position },
    }));
    return [...tasks, ...this.#metadata.positions()];
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
    const isCurrent = this.#untilNextAssignment();
    const meanwhile = this.#metadata.collect();
    const tasks = await this.#tasksOf(partitions, isCurrent);
    recategorise(tasks.values(), meanwhile());
    if (!isCurrent()) return new Map();
    this.#tasks = tasks;
    this.#kept = new Map();
    this.#commits.forget();
    this.#hasAssignment = true;
    this.#emissions.poke();
    return new Map(
      partitions.map((own) => [partitionKey(own), tasks.get(own.partition)?.position ?? 0]),
    );
  }

  #untilNextAssignment(): () => boolean {
    const turn = this.#assignments;
    return () => turn === this.#assignments;
  }

  async #tasksOf(
    partitions: readonly TopicPartition[],
    isCurrent: () => boolean,
  ): Promise<Map<number, AggregateTask>> {
    if (partitions.length === 0) return new Map();
    const own = partitions.map(({ partition }) => partition);
    const tasks = await this.#checkpoints.takeOver(own, this.#kept, isCurrent);
    if (!isCurrent()) return tasks;
    const kept = own.filter((partition) => this.#kept.get(partition) === tasks.get(partition));
    const counts = { partitions: own.length, restored: own.length - kept.length };
    this.#settings.ports.logger.info(counts, 'partitions assigned');
    return tasks;
  }

  /** The last checkpoint of every partition: the next owner goes on exactly there. */
  async #handOver(): Promise<void> {
    const leaving = [...this.#tasks.values()];
    this.#revoked();
    try {
      await this.#checkpoints.flush(leaving);
    } catch (error) {
      this.#settings.ports.logger.warn({ err: error }, 'the next owner reads the last views again');
    }
  }

  /** The broker gives every offset once and rising: a number above all that were used on the candidates topic before. */
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

  async #checkpoint(): Promise<void> {
    const superseded = await this.#checkpoints.tick(this.#tasks.values());
    for (const task of superseded) await this.#reclaim(task);
  }

  /** Somebody else fenced. The group decides: a member whose commit it takes fences anew and restores; any other waits to be told. */
  async #reclaim(task: AggregateTask): Promise<void> {
    const { partition } = task;
    const { viewsTopic: topic, logger } = this.#settings.ports;
    if (this.#tasks.get(partition) !== task) return;
    this.#tasks.delete(partition);
    const isCurrent = this.#untilNextAssignment();
    // No further than dead letters are known to be in their topic.
    const known = async () =>
      Math.max(this.#checkpoints.endOf(task), await this.#commits.upTo(partition));
    if (!(await this.#commits.holds(partition, known)) || !isCurrent()) return;
    logger.warn({ partition }, 'an older owner fenced late: taking the partition over again');
    const meanwhile = this.#metadata.collect();
    const tasks = await this.#checkpoints.takeOver([partition], new Map(), isCurrent);
    recategorise(tasks.values(), meanwhile());
    const restored = tasks.get(partition);
    if (!isCurrent() || restored === undefined) return;
    this.#tasks.set(partition, restored);
    this.#consumer?.seek({ topic, partition }, restored.position);
    this.#emissions.poke();
  }
}

function recategorise(tasks: Iterable<AggregateTask>, tokens: Iterable<string>): void {
  for (const { state } of tasks) for (const token of tokens) state.store.recategorise(token);
}
