import type {
  BatchContext,
  BeginReading,
  GroupConsumer,
  RecordBatch,
  StartPosition,
  TopicPartition,
  WatchedPosition,
} from '@trending/kafka';
import { CategoryTable } from '../state/category-table.ts';
import { AggregateBatches } from './aggregate-batch.ts';
import { AggregateCommits } from './aggregate-commits.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { Checkpoints, type TakeOver } from './checkpoints.ts';
import { EmissionDriver } from './emission-driver.ts';
import { MetadataReader } from './metadata-reader.ts';
import { OwnedTasks } from './owned-tasks.ts';
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
  readonly #tasks = new OwnedTasks();
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
    this.#emissions = new EmissionDriver(ports, () => this.#tasks.owned(), crash);
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
    return this.#tasks.all();
  }

  async start(): Promise<void> {
    const { ports, group, crash } = this.#settings;
    await this.#metadata.start(crash);
    this.#emissions.start();
    this.#consumer = await ports.log.runGroup({
      groupId: group,
      topics: [ports.viewsTopic],
      withMarkers: true,
      assigned: (partitions, begin) => this.#assigned(partitions, begin),
      revoked: () => this.#handOver(),
      batch: (batch, context) => this.#batch(batch, context),
      crashed: crash,
    });
    this.#commits.joined(this.#consumer);
    this.#commitTimer = setInterval(
      () => void this.#commits.commit(this.#tasks.owned()),
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
    if (this.#consumer !== undefined) await this.#commits.commit(this.#tasks.owned());
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
    const behind = [...this.#tasks.owned()].filter(({ isCaughtUp }) => !isCaughtUp);
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
    const tasks = [...this.#tasks.owned()].map(({ partition, position }) => ({
      ...{ topic, partition, position },
    }));
    return [...tasks, ...this.#metadata.positions()];
  }

  /** @returns the tasks that were owned */
  #revoked(): AggregateTask[] {
    this.#assignments += 1;
    this.#hasAssignment = false;
    return this.#tasks.revoke();
  }

  /** Every partition is read and counted on as soon as it is ready: those that stay do not wait for those that are restored. */
  async #assigned(
    partitions: readonly TopicPartition[],
    begin: BeginReading,
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.#revoked();
    const isCurrent = this.#untilNextAssignment();
    const changed = this.#metadata.collect();
    const [topic, own] = [
      this.#settings.ports.viewsTopic,
      partitions.map(({ partition }) => partition),
    ];
    const counts = { partitions: own.length, restored: 0 };
    const ready = (task: AggregateTask, isRestored: boolean) => {
      recategorise([task], changed.tokens);
      if (!isCurrent()) {
        // Restored in vain, unless the assignment that is under way gives it back.
        if (!this.#hasAssignment) this.#tasks.keep(task);
        return;
      }
      if (isRestored) counts.restored += 1;
      this.#commits.forget(task.partition);
      this.#tasks.own(task);
      begin({ topic, partition: task.partition }, task.position);
      this.#emissions.poke();
    };
    if (own.length > 0) await this.#checkpoints.takeOver(own, this.#takingOver(isCurrent, ready));
    changed.end();
    if (!isCurrent()) return new Map();
    if (own.length > 0) this.#settings.ports.logger.info(counts, 'partitions assigned');
    this.#tasks.settle();
    this.#hasAssignment = true;
    return new Map();
  }

  #takingOver(isWanted: () => boolean, ready: TakeOver['ready']): TakeOver {
    return { isWanted, ready, kept: (partition) => this.#tasks.kept(partition) };
  }

  #untilNextAssignment(): () => boolean {
    const turn = this.#assignments;
    return () => turn === this.#assignments;
  }

  /** The last checkpoint of every partition: the next owner goes on exactly there. */
  async #handOver(): Promise<void> {
    const leaving = this.#revoked();
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
    const task = this.#tasks.of(batch.partition);
    if (task === undefined) return;
    await this.#batches.handle(task, batch, context);
    this.#progress.observe(this.#tasks.owned());
    this.#emissions.poke();
  }

  async #checkpoint(): Promise<void> {
    const superseded = await this.#checkpoints.tick(this.#tasks.owned());
    for (const task of superseded) await this.#reclaim(task);
  }

  /** Somebody else fenced. The group decides: a member whose commit it takes fences anew and restores; any other waits to be told. */
  async #reclaim(task: AggregateTask): Promise<void> {
    const { partition } = task;
    const { viewsTopic: topic, logger } = this.#settings.ports;
    if (this.#tasks.of(partition) !== task) return;
    this.#tasks.giveUp(partition);
    const isCurrent = this.#untilNextAssignment();
    // No further than dead letters are known to be in their topic.
    const known = async () =>
      Math.max(this.#checkpoints.endOf(task), await this.#commits.upTo(partition));
    if (!(await this.#commits.holds(partition, known)) || !isCurrent()) return;
    logger.warn({ partition }, 'an older owner fenced late: taking the partition over again');
    const changed = this.#metadata.collect();
    const ready = (restored: AggregateTask) => {
      recategorise([restored], changed.tokens);
      if (!isCurrent()) return;
      this.#tasks.own(restored);
      this.#consumer?.seek({ topic, partition }, restored.position);
      this.#emissions.poke();
    };
    const kept = () => undefined;
    await this.#checkpoints.takeOver([partition], { isWanted: isCurrent, ready, kept });
    changed.end();
  }
}

function recategorise(tasks: Iterable<AggregateTask>, tokens: Iterable<string>): void {
  for (const { state } of tasks) for (const token of tokens) state.store.recategorise(token);
}
