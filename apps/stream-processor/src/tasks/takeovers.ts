import type { BeginReading, GroupConsumer, StartPosition, TopicPartition } from '@trending/kafka';
import type { AggregateCommits } from './aggregate-commits.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { CollectedTokens, MetadataReader } from './metadata-reader.ts';
import type { OwnedTasks } from './owned-tasks.ts';

export interface TakeoversSettings {
  readonly ports: AggregatePorts;
  readonly tasks: OwnedTasks;
  readonly checkpoints: Checkpoints;
  readonly metadata: MetadataReader;
  readonly commits: AggregateCommits;
  /** Tells the task what is known of its viewers; it emits nothing before. */
  readonly inform: (task: AggregateTask) => void;
  /** A task has come. */
  readonly changed: () => void;
}

/** How partitions come to a member of the aggregate group, from one assignment to the next. */
export class Takeovers {
  readonly #settings: TakeoversSettings;
  /** Changes that states read ahead were not told of; until the first assignment is complete. */
  #sinceAhead: CollectedTokens | undefined;
  #assignments = 0;
  #isComplete = false;

  constructor(settings: TakeoversSettings) {
    this.#settings = settings;
  }

  /** Has every partition of the present assignment come? */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Until it joins, others go on counting what it will probably be given: the takeover then takes as long as reading what came since. */
  async readAhead(group: string): Promise<void> {
    const { ports, metadata, checkpoints } = this.#settings;
    this.#sinceAhead = metadata.collect();
    try {
      const share = await ports.log.shareOf(group, ports.viewsTopic);
      await checkpoints.ahead.read(share);
    } catch (error) {
      ports.logger.warn({ err: error }, 'checkpoints not read ahead');
    }
  }

  /** @returns the tasks that were owned */
  revoked(): AggregateTask[] {
    this.#assignments += 1;
    this.#isComplete = false;
    return this.#settings.tasks.revoke();
  }

  /** Every partition is read and counted on as soon as it is ready: those that stay do not wait for those that are restored. */
  async assigned(
    partitions: readonly TopicPartition[],
    begin: BeginReading,
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.revoked();
    const isCurrent = this.#untilNextAssignment();
    const { ports, tasks, checkpoints, metadata, commits } = this.#settings;
    const changed = metadata.collect();
    const own = partitions.map(({ partition }) => partition);
    const counts = { partitions: own.length, restored: 0 };
    const ready = (task: AggregateTask, isRestored: boolean) => {
      recategorise([task], [...(this.#sinceAhead?.tokens ?? []), ...changed.tokens]);
      if (!isCurrent()) {
        // Restored in vain, unless the assignment that is under way gives it back.
        if (!this.#isComplete) tasks.keep(task);
        return;
      }
      if (isRestored) counts.restored += 1;
      commits.forget(task.partition);
      tasks.own(task);
      this.#settings.inform(task);
      begin({ topic: ports.viewsTopic, partition: task.partition }, task.position);
      this.#settings.changed();
    };
    const kept = (partition: number) => tasks.kept(partition);
    if (own.length > 0) await checkpoints.takeOver(own, { isWanted: isCurrent, ready, kept });
    changed.end();
    if (!isCurrent()) return new Map();
    if (own.length > 0) ports.logger.info(counts, 'partitions assigned');
    tasks.settle();
    checkpoints.ahead.clear();
    this.#sinceAhead?.end();
    this.#sinceAhead = undefined;
    this.#isComplete = true;
    return new Map();
  }

  #untilNextAssignment(): () => boolean {
    const turn = this.#assignments;
    return () => turn === this.#assignments;
  }

  /** Somebody else fenced. The group decides: a member whose commit it takes fences anew and restores; any other waits to be told. */
  async reclaim(task: AggregateTask, consumer: GroupConsumer | undefined): Promise<void> {
    const { partition } = task;
    const { ports, tasks, checkpoints, metadata, commits } = this.#settings;
    const { viewsTopic: topic, logger } = ports;
    if (tasks.of(partition) !== task) return;
    tasks.giveUp(partition);
    const isCurrent = this.#untilNextAssignment();
    // No further than dead letters are known to be in their topic.
    const known = async () => Math.max(checkpoints.endOf(task), await commits.upTo(partition));
    if (!(await commits.holds(partition, known)) || !isCurrent()) return;
    logger.warn({ partition }, 'an older owner fenced late: taking the partition over again');
    const changed = metadata.collect();
    const ready = (restored: AggregateTask) => {
      recategorise([restored], changed.tokens);
      if (!isCurrent()) return;
      tasks.own(restored);
      this.#settings.inform(restored);
      consumer?.seek({ topic, partition }, restored.position);
      this.#settings.changed();
    };
    const kept = () => undefined;
    await checkpoints.takeOver([partition], { isWanted: isCurrent, ready, kept });
    changed.end();
  }
}

/** Tells states of tokens whose categories changed. */
export function recategorise(tasks: Iterable<AggregateTask>, tokens: Iterable<string>): void {
  for (const { state } of tasks) for (const token of tokens) state.store.recategorise(token);
}
