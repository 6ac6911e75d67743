import { isRetriable } from '@trending/runtime';
import { AggregateState } from '../state/aggregate-state.ts';
import type { CategoryTable } from '../state/category-table.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import { AggregateTask } from './aggregate-task.ts';
import { checkInput } from './checkpoint-input.ts';
import { CheckpointLog } from './checkpoint-log.ts';
import type { Restored } from './checkpoint-restore.ts';
import { CheckpointWriter, newOwnerId } from './checkpoint-writer.ts';
import { CheckpointsAhead } from './checkpoints-ahead.ts';
import { partitionsBeside } from './partitions-beside.ts';
import { RecentDeltas } from './recent-deltas.ts';
import type { SightingsLog } from './sightings-log.ts';
import { type TopicRanges, topicRanges } from './topic-ranges.ts';

/** How often the log is asked whether somebody else wrote. */
const checkEveryMs = 5_000;
const noop = () => undefined;

export interface CheckpointsSettings {
  readonly ports: AggregatePorts;
  readonly categories: CategoryTable;
  readonly failed: (error: unknown) => void;
  readonly sightings: SightingsLog;
  /** Appends a fence to the candidates topic; its offset is above every epoch used there. */
  readonly fenceCandidates: () => Promise<number>;
}

/** How partitions are taken over, and for whom. */
export interface TakeOver {
  /** The task of a partition that was owned before. Asked when its turn has come. */
  readonly kept: (partition: number) => AggregateTask | undefined;
  /** False once a newer assignment has come. */
  readonly isWanted: () => boolean;
  /** Told of every task as soon as it may go on; of one that was being restored also when it is not wanted any more. */
  readonly ready: (task: AggregateTask, isRestored: boolean) => void;
}

/** A partition whose newest fence, by what is known, is ours. */
interface Fenced {
  readonly partition: number;
  readonly ownerId: string;
  readonly fenceAt: number;
  readonly catchUpTo: number;
}

/** The checkpoint logs of the partitions that this process owns: fences and restores them, and has them written. */
export class Checkpoints {
  readonly ahead: CheckpointsAhead;
  readonly #settings: CheckpointsSettings;
  readonly #writers = new WeakMap<AggregateTask, CheckpointWriter>();
  /** Ends of the restores under way, by partition. */
  readonly #restoring = new Map<number, Promise<void>>();
  #checkedAt = 0;

  constructor(settings: CheckpointsSettings) {
    this.#settings = settings;
    this.ahead = new CheckpointsAhead(settings.ports, settings.categories);
  }

  /**
   * Takes over partitions: their states stand where their checkpoint logs end. Kept tasks come first, and go on where nobody else came between.
   * Once `isWanted` says no it leaves them alone: a later takeover may have put them to work, with a later log end to catch up to. A
   * fence of this one that lands behind theirs is then found like anybody else's.
   */
  async takeOver(partitions: readonly number[], how: TakeOver): Promise<void> {
    const ranges = await topicRanges(this.#settings);
    const stay = partitions.filter((partition) => how.kept(partition) !== undefined);
    const come = partitions.filter((partition) => !stay.includes(partition));
    await partitionsBeside([...stay, ...come], (partition) =>
      this.#takeOverOne(partition, how, ranges),
    );
  }

  /** Call between two slices of folding, and at the end of a batch; resolves when folding may go on. */
  between(task: AggregateTask, isBatchEnd: boolean): Promise<void> {
    return this.#writers.get(task)?.between(this.#now(), isBatchEnd) ?? Promise.resolve();
  }

  /** Writes what has become due. @returns the tasks whose partition another owner has fenced */
  async tick(tasks: Iterable<AggregateTask>): Promise<AggregateTask[]> {
    const all = [...tasks];
    await Promise.all(all.map(async (task) => this.#writers.get(task)?.tick(this.#now())));
    if (this.#now() - this.#checkedAt >= checkEveryMs) await this.#checkIfPossible(all);
    return all.filter((task) => this.#writers.get(task)?.ownership.isLost);
  }

  /** Writes all that is folded, before partitions are handed over. */
  async flush(tasks: Iterable<AggregateTask>): Promise<void> {
    const now = this.#now();
    await Promise.all([...tasks].map(async (task) => this.#writers.get(task)?.flush(now)));
  }

  /** Input offset up to which the task's deltas are acknowledged, and with them its dead letters. */
  endOf(task: AggregateTask): number {
    return this.#writers.get(task)?.end ?? 0;
  }

  /** While a broker is away nobody can be asked. The next look finds what this one would have, and so does every append. */
  async #checkIfPossible(tasks: readonly AggregateTask[]): Promise<void> {
    try {
      await this.#check(tasks);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      this.#settings.ports.logger.warn({ err: error }, 'ownership could not be looked at');
    }
  }

  /** Did somebody else write behind our last records? One question for all partitions. */
  async #check(tasks: readonly AggregateTask[]): Promise<void> {
    this.#checkedAt = this.#now();
    const { log, deltasTopic } = this.#settings.ports;
    const ends = await log.endOffsets(deltasTopic);
    for (const task of tasks)
      await this.#writers.get(task)?.ownership.check(ends.get(task.partition) ?? 0);
  }

  async #takeOverOne(partition: number, how: TakeOver, ranges: TopicRanges): Promise<void> {
    // What an assignment before began to restore is not begun a second time.
    await this.#restoring.get(partition);
    const { isWanted } = how;
    if (!isWanted()) return;
    const kept = how.kept(partition);
    const checkpoints = new CheckpointLog(this.#settings.ports, partition);
    const writer = kept && this.#writers.get(kept);
    await writer?.settled();
    if (!isWanted()) return;
    const ownerId = newOwnerId();
    const fenceAt = await checkpoints.append({ kind: 'fence', ownerId });
    const catchUpTo = ranges.viewsEnd.get(partition) ?? 0;
    const ownership = writer?.ownership;
    const isUnbroken = ownership?.isLost === false && !(await ownership.hasForeignFence(fenceAt));
    if (!isWanted()) return;
    if (kept && writer?.hasFailed === false && !writer.isWriting && isUnbroken) {
      writer.ownership.refenced(ownerId, fenceAt);
      kept.reassigned(writer.epochBase + fenceAt, catchUpTo);
      how.ready(kept, false);
      return;
    }
    const restored = this.#restored({ partition, fenceAt, ownerId, catchUpTo }, ranges).then(
      (task) => how.ready(task, true),
    );
    const ended = restored.then(noop, noop);
    this.#restoring.set(partition, ended);
    await restored.finally(() => {
      if (this.#restoring.get(partition) === ended) this.#restoring.delete(partition);
    });
  }

  async #restored(owner: Fenced, ranges: TopicRanges): Promise<AggregateTask> {
    const { partition, fenceAt, catchUpTo } = owner;
    const began = performance.now();
    const { clock, logger, metrics } = this.#settings.ports;
    const known = this.#settings.categories;
    const start = ranges.deltasStart.get(partition) ?? 0;
    const range = { start, to: fenceAt, asOf: clock.now(), known };
    const checkpoints = new CheckpointLog(this.#settings.ports, partition);
    const restored = await this.ahead.restored(checkpoints, range);
    const task = await this.#taskOf(restored, { ...owner, checkpoints }, ranges);
    const seconds = (performance.now() - began) / 1_000;
    metrics.restoreSeconds.observe(seconds);
    const { rows = 0, bytes = 0 } = restored ?? {};
    const at = { partition, inputOffset: task.position, epoch: task.epoch };
    logger.info({ ...at, behind: catchUpTo - task.position, rows, bytes, seconds }, 'restored');
    await checkInput(task.position, partition, { ports: this.#settings.ports, ranges });
    return task;
  }

  async #taskOf(
    restored: Restored | undefined,
    owner: Fenced & { readonly checkpoints: CheckpointLog },
    ranges: TopicRanges,
  ): Promise<AggregateTask> {
    const { checkpoints: log, ownerId, fenceAt, catchUpTo } = owner;
    const position = restored ?? (await this.#unrestored(log.partition, ranges));
    const { state, epochBase } = position;
    const task = new AggregateTask({
      partition: log.partition,
      state,
      catchUpTo,
      epoch: epochBase + fenceAt,
      categories: this.#settings.categories,
    });
    const end = state.inputOffset;
    const { failed, sightings } = this.#settings;
    const beforeDelta = () => sightings.flush(task);
    const settings = { log, task, ownerId, fenceAt, now: this.#now(), beforeDelta, failed };
    const writer = new CheckpointWriter({ ...settings, position: { ...position, end } });
    this.#writers.set(task, writer);
    if (restored !== undefined) return task;
    await writer.begin(this.#now());
    // Epochs are counted from what the first whole base says. Another fence came before ours was whole: nothing leaves under this epoch,
    // and the next look finds the partition superseded.
    if (writer.ownership.isLost) task.reassigned(task.epoch, Number.POSITIVE_INFINITY);
    return task;
  }

  /**
   * A partition without any base was never counted, or its checkpoints are lost: begins at the oldest view that still matters. Its epochs
   * begin above all that the candidates topic has seen, also those of a checkpoint log that is gone.
   */
  async #unrestored(
    partition: number,
    { firstStart, viewsEnd }: TopicRanges,
  ): Promise<Omit<Restored, 'rows' | 'bytes'>> {
    const first = await firstStart();
    const from = Math.min(first.from.get(partition) ?? 0, viewsEnd.get(partition) ?? 0);
    const known = this.#settings.categories;
    return {
      state: new AggregateState({ from, asOf: this.#now(), known }),
      chain: new Uint8Array(0),
      epochBase: first.epochBase,
      base: undefined,
      recent: new RecentDeltas(),
    };
  }

  #now(): number {
    return this.#settings.ports.clock.now();
  }
}
