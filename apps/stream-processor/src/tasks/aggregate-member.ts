import type { BatchContext, GroupConsumer, RecordBatch, WatchedPosition } from '@trending/kafka';
import { CategoryTable } from '../state/category-table.ts';
import { AggregateBatches } from './aggregate-batch.ts';
import { AggregateCommits } from './aggregate-commits.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { Checkpoints } from './checkpoints.ts';
import { EmissionDriver } from './emission-driver.ts';
import { JourneyReader } from './journey-reader.ts';
import { MetadataReader } from './metadata-reader.ts';
import { OwnedTasks } from './owned-tasks.ts';
import { RebuildProgress } from './rebuild-progress.ts';
import { withRetries } from './retry.ts';
import { SightingsLog } from './sightings-log.ts';
import { recategorise, Takeovers } from './takeovers.ts';

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
  readonly #journeys: JourneyReader;
  readonly #sightings: SightingsLog;
  readonly #emissions: EmissionDriver;
  readonly #batches: AggregateBatches;
  readonly #checkpoints: Checkpoints;
  readonly #progress: RebuildProgress;
  readonly #tasks = new OwnedTasks();
  readonly #takeovers: Takeovers;
  readonly #commits: AggregateCommits;
  #consumer: GroupConsumer | undefined;
  #commitTimer: ReturnType<typeof setInterval> | undefined;
  #checkpointTimer: ReturnType<typeof setInterval> | undefined;

  constructor(settings: AggregateMemberSettings) {
    const { ports, crash } = settings;
    this.#settings = settings;
    this.#commits = new AggregateCommits(ports);
    this.#progress = new RebuildProgress(ports.clock, ports.logger);
    this.#emissions = new EmissionDriver(ports, () => this.#tasks.owned(), crash);
    this.#sightings = new SightingsLog(ports);
    this.#checkpoints = new Checkpoints({
      sightings: this.#sightings,
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
    this.#metadata = new MetadataReader(ports, this.#categories, (token, change) => {
      if (change === 'sums') recategorise(this.tasks(), [token]);
      else for (const { state } of this.tasks()) state.store.weekChanged(token);
      this.#emissions.poke();
    });
    this.#journeys = new JourneyReader(
      ports,
      () => this.#tasks.all(),
      () => this.#emissions.poke(),
    );
    this.#takeovers = new Takeovers({
      ports,
      tasks: this.#tasks,
      checkpoints: this.#checkpoints,
      metadata: this.#metadata,
      commits: this.#commits,
      changed: () => this.#emissions.poke(),
      inform: (task) => {
        if (!task.isInformed) this.#journeys.inform(task).catch(crash);
      },
    });
  }

  /** All partitions in memory, those between two assignments too. */
  tasks(): AggregateTask[] {
    return this.#tasks.all();
  }

  async start(): Promise<void> {
    const { ports, group, crash } = this.#settings;
    await this.#metadata.start(crash);
    await this.#journeys.start(crash);
    this.#emissions.start();
    await this.#takeovers.readAhead(group);
    this.#consumer = await ports.log.runGroup({
      groupId: group,
      topics: [ports.viewsTopic],
      withMarkers: true,
      assigned: (partitions, begin) => this.#takeovers.assigned(partitions, begin),
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
    await this.#journeys.stop();
  }

  /** Undefined once every assigned partition has caught up. */
  unreadiness(): string | undefined {
    if (!this.#takeovers.isComplete) return 'waits for its partitions';
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
    return [...tasks, ...this.#metadata.positions(), ...this.#journeys.positions()];
  }

  /** The last checkpoint of every partition: the next owner goes on exactly there. */
  async #handOver(): Promise<void> {
    const leaving = this.#takeovers.revoked();
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
    const owned = [...this.#tasks.owned()];
    // Not awaited by the checkpoints: each waits for what it covers.
    for (const task of owned) this.#sightings.flush(task).catch(this.#settings.crash);
    const superseded = await this.#checkpoints.tick(owned);
    for (const task of superseded) await this.#takeovers.reclaim(task, this.#consumer);
  }
}
