import type {
  BatchContext,
  BeginReading,
  GroupConsumer,
  RecordBatch,
  StartPosition,
  TopicPartition,
  WatchedPosition,
} from '@trending/kafka';
import type { JourneyFigures } from './journey-metrics.ts';
import type { JourneyPorts } from './journey-ports.ts';
import {
  committedOffsets,
  type JourneyStart,
  journeyStartOf,
  sightingRanges,
} from './journey-start.ts';
import { JourneyTask } from './journey-task.ts';
import { OwnedTasks } from './owned-tasks.ts';
import { partitionsBeside } from './partitions-beside.ts';
import { RebuildProgress } from './rebuild-progress.ts';

const commitEveryMs = 5_000;

export interface JourneyMemberSettings {
  readonly ports: JourneyPorts;
  readonly group: string;
  readonly crash: (error: unknown) => void;
}

/** One process in the journey group: a task per assigned partition of the sightings. */
export class JourneyMember {
  readonly #settings: JourneyMemberSettings;
  readonly #tasks = new OwnedTasks<JourneyTask>();
  /** Of the present assignment, as they come up. */
  #rebuilds: JourneyTask[] = [];
  readonly #progress: RebuildProgress;
  readonly #consumer = Promise.withResolvers<GroupConsumer>();
  readonly #committed = new Map<number, number>();
  /** One after the other: an offset must not overtake a later one. */
  #committing: Promise<void> = Promise.resolve();
  #member: GroupConsumer | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #assignments = 0;
  #isComplete = false;

  constructor(settings: JourneyMemberSettings) {
    const { clock, logger } = settings.ports;
    this.#settings = settings;
    this.#progress = new RebuildProgress(clock, logger, 'viewers of the sightings');
    this.#consumer.promise.catch(() => undefined);
  }

  async start(): Promise<void> {
    const { ports, group, crash } = this.#settings;
    try {
      this.#member = await ports.log.runGroup({
        groupId: group,
        topics: [ports.sightingsTopic],
        withMarkers: true,
        isUnhurried: true,
        assigned: (partitions, begin) => this.#assigned(partitions, begin),
        revoked: () => this.#commit(this.#revoke()),
        batch: (batch, context) => this.#batch(batch, context),
        crashed: crash,
      });
      this.#consumer.resolve(this.#member);
    } catch (error) {
      this.#consumer.reject(error);
      throw error;
    }
    this.#timer = setInterval(() => void this.#commit(this.#tasks.owned()), commitEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#member?.stop();
    this.#member = undefined;
    this.#revoke();
  }

  /** Undefined once every assigned partition is rebuilt. */
  unreadiness(): string | undefined {
    if (this.#isComplete) return this.#member?.problem?.();
    const behind = this.#rebuilds.filter(({ isCaughtUp }) => !isCaughtUp);
    if (behind.length === 0) return 'waits for its partitions';
    const parts = behind.map((task) => task.progress());
    const done = parts.reduce((sum, part) => sum + part.done, 0);
    const total = parts.reduce((sum, part) => sum + part.total, 0);
    return `rebuilds ${parts.length} partitions: ${done} of ${total} records`;
  }

  positions(): WatchedPosition[] {
    const { sightingsTopic: topic } = this.#settings.ports;
    return [...this.#tasks.owned()].map(({ partition, position }) => ({
      ...{ topic, partition, position },
    }));
  }

  figures(): JourneyFigures[] {
    return this.#tasks.all().map((task) => ({
      ...{ partition: task.partition, position: task.position, viewers: task.viewers() },
    }));
  }

  /** Partitions that stay keep their memory; every one is read on as soon as it is ready. */
  async #assigned(
    partitions: readonly TopicPartition[],
    begin: BeginReading,
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.#revoke();
    const turn = this.#assignments;
    const isCurrent = () => turn === this.#assignments;
    const { ports } = this.#settings;
    const own = partitions.map(({ partition }) => partition);
    const committed = await committedOffsets(await this.#consumer.promise, own, ports);
    const ranges = await sightingRanges(ports);
    await partitionsBeside(own, async (partition) => {
      if (!isCurrent()) return;
      const known = committed.get(partition) ?? -1;
      const start = journeyStartOf(partition, known, { ranges, logger: ports.logger });
      const kept = await this.#keptOf(partition, start);
      if (!isCurrent()) return;
      const task = kept ?? new JourneyTask(ports, partition, start.rebuildFrom);
      await this.#rebuild(task, start.goOnAt, isCurrent);
      if (!isCurrent()) return this.#isComplete ? undefined : this.#tasks.keep(task);
      this.#committed.set(partition, known);
      this.#tasks.own(task);
      begin({ topic: ports.sightingsTopic, partition }, task.position);
    });
    if (!isCurrent()) return new Map();
    this.#tasks.settle();
    this.#isComplete = true;
    ports.logger.info({ partitions: own.length }, 'partitions of the sightings assigned');
    return new Map();
  }

  /** The task of an assignment before, where reading can go on with it. */
  async #keptOf(
    partition: number,
    { rebuildFrom, end }: JourneyStart,
  ): Promise<JourneyTask | undefined> {
    const kept = this.#tasks.kept(partition);
    if (kept === undefined || !(await kept.settled())) return undefined;
    return kept.position >= rebuildFrom && kept.position <= end ? kept : undefined;
  }

  async #rebuild(task: JourneyTask, goOnAt: number, isCurrent: () => boolean): Promise<void> {
    const { clock, metrics } = this.#settings.ports;
    const began = clock.now();
    this.#rebuilds.push(task);
    const isGoingOn = () => {
      this.#progress.observe(this.#rebuilds);
      return isCurrent();
    };
    await task.rebuild(goOnAt, isGoingOn);
    this.#progress.observe(this.#rebuilds);
    if (task.isCaughtUp) metrics.rebuildSeconds.observe((clock.now() - began) / 1_000);
  }

  async #batch({ partition, records }: RecordBatch, context: BatchContext): Promise<void> {
    await this.#tasks.of(partition)?.handle(records, context);
  }

  #revoke(): JourneyTask[] {
    this.#assignments += 1;
    this.#isComplete = false;
    this.#rebuilds = [];
    return this.#tasks.revoke();
  }

  /** What is committed was told: whoever goes on there tells it again at most. */
  #commit(tasks: Iterable<JourneyTask>): Promise<void> {
    const due = [...tasks];
    this.#committing = this.#committing.then(() => this.#commitAll(due));
    return this.#committing;
  }

  async #commitAll(tasks: readonly JourneyTask[]): Promise<void> {
    const { sightingsTopic: topic, logger } = this.#settings.ports;
    // A hand-over may come before joining is over; it must not wait for that.
    const consumer = this.#member;
    if (consumer === undefined) return;
    for (const { partition, position } of tasks) {
      if (position === this.#committed.get(partition)) continue;
      try {
        await consumer.commit({ topic, partition }, position);
        this.#committed.set(partition, position);
      } catch (error) {
        logger.debug({ err: error, partition }, 'offset could not be committed');
      }
    }
  }
}
