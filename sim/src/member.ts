import {
  type CommittedOffset,
  type ConsumedRecord,
  type GroupConsumer,
  partitionKey,
  type RunGroupOptions,
  type StartPosition,
  type TopicPartition,
} from '@trending/kafka';
import { PartitionEpochs } from '../../packages/kafka/src/partition-epochs.ts';
import { commitRefused, inputGap } from '../../packages/kafka/src/topic-errors.ts';
import { askBroker, type Cluster, unavailable } from './cluster.ts';
import type { Group, GroupMember } from './coordinator.ts';
import type { Process } from './scheduler.ts';

/** A group member with the order of steps that the real one keeps on its client library: pause → `assigned` → seek → resume. */
export class SimulatedMember implements GroupConsumer, GroupMember {
  readonly id: string;
  readonly process: Process;
  readonly options: RunGroupOptions;
  readonly #cluster: Cluster;
  readonly #group: Group;
  readonly #epochs = new PartitionEpochs();
  /** New objects, so that a seek to the same offset is one too. */
  readonly #positions = new Map<string, { readonly offset: number }>();
  readonly #paused = new Set<string>();
  readonly #fetching = new Set<string>();
  readonly #handling = new Set<Promise<void>>();
  readonly #joined = Promise.withResolvers<void>();
  #owned: readonly TopicPartition[] = [];
  #generation = -1;
  #assignments = 0;
  #handOver: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #hasFailed = false;
  /** A new assignment is known, the one before is still being drained: its commits are void. */
  #isDraining = false;

  constructor(cluster: Cluster, process: Process, options: RunGroupOptions) {
    this.#cluster = cluster;
    this.process = process;
    this.options = options;
    this.#group = cluster.coordinator.group(options.groupId);
    this.#joined.promise.catch(() => undefined);
    this.id = `${process.name}-${cluster.broker.newProducer()}`;
  }

  async start(): Promise<this> {
    await this.#ask('join', () => this.#group.join(this));
    await this.#joined.promise;
    return this;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(partitionKey(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#paused.delete(partitionKey(partition));
      this.#poll(partition);
    }
  }

  seek(partition: TopicPartition, offset: number): void {
    const key = partitionKey(partition);
    if (!this.#positions.has(key)) return;
    this.#positions.set(key, { offset });
    this.#poll(partition);
  }

  commit(target: TopicPartition, offset: number, metadata = ''): Promise<void> {
    const { faults } = this.#cluster;
    const what = `commit ${partitionKey(target)} ${offset} '${metadata}'`;
    const isOwned = this.#owned.some((own) => partitionKey(own) === partitionKey(target));
    const generation = this.#isDraining ? -1 : this.#generation;
    return this.#ask(what, () => {
      const isMember = this.#group.members.includes(this);
      if (!isOwned || !isMember || generation !== this.#group.generation)
        throw commitRefused(target, this.options.groupId);
      this.#group.commits.set(partitionKey(target), { offset, metadata });
      if (faults.losesCommit(this.options.groupId)) throw unavailable(what);
    });
  }

  committed(target: TopicPartition): Promise<CommittedOffset> {
    return this.#ask('committed', () => this.#group.committed(target));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#leave();
    return this.#stopped;
  }

  /** The end of the present assignment: handlers become stale, then the application drains. */
  beginHandOver(): Promise<void> {
    if (this.#handOver !== undefined) return this.#handOver;
    const lost = this.#owned;
    this.#epochs.revokeAll();
    this.#positions.clear();
    this.#handOver = Promise.resolve(lost.length > 0 ? this.options.revoked?.(lost) : undefined);
    this.#handOver.catch(() => undefined);
    return this.#handOver;
  }

  assigned(partitions: readonly TopicPartition[], generation: number): void {
    if (this.#stopped !== undefined || this.#hasFailed) return;
    const handedOver = this.beginHandOver();
    this.#handOver = undefined;
    this.#isDraining = true;
    this.#assignments += 1;
    this.#generation = generation;
    this.#owned = partitions;
    this.#epochs.assign(partitions);
    this.#positions.clear();
    this.#paused.clear();
    this.#joined.resolve();
    this.#restore(partitions, handedOver).catch((error: unknown) => this.#fail(error));
  }

  /** Found out that the group goes on without it: joins again. */
  evicted(): void {
    if (this.#stopped !== undefined || this.#hasFailed || this.#group.members.includes(this))
      return;
    void this.beginHandOver();
    // Requests of one connection stay in order: none to join lands behind the one to leave.
    const join = () => this.#stopped === undefined && this.#group.join(this);
    void this.#ask('rejoin', join).catch((error) => this.#fail(error));
  }

  async #restore(partitions: readonly TopicPartition[], handedOver: Promise<void>): Promise<void> {
    const assignment = this.#assignments;
    const isOver = () =>
      assignment !== this.#assignments || (this.#stopped ?? this.#handOver) !== undefined;
    await handedOver;
    if (isOver()) return;
    this.#isDraining = false;
    const begin = (partition: TopicPartition, start: StartPosition) => {
      const key = partitionKey(partition);
      if (isOver() || this.#positions.has(key)) return;
      this.#positions.set(key, { offset: this.#resolved(partition, start) });
      if (!this.#paused.has(key)) this.#poll(partition);
    };
    const starts = await this.options.assigned(partitions, begin);
    for (const partition of partitions)
      begin(partition, starts.get(partitionKey(partition)) ?? 'committed');
  }

  #resolved(partition: TopicPartition, start: StartPosition): number {
    if (typeof start === 'number') return start;
    const log = this.#cluster.broker.topic(partition.topic).partition(partition.partition);
    if (start === 'end') return log.endOffset;
    const { offset } = this.#group.committed(partition);
    return start === 'committed' && offset >= 0 ? offset : log.startOffset;
  }

  /** Fetches what there is, one batch at a time per partition; with nothing there, when something comes. */
  #poll(target: TopicPartition): void {
    const key = partitionKey(target);
    if (this.#fetching.has(key) || this.#hasFailed || !this.process.isAlive) return;
    if (!this.#positions.has(key) || this.#paused.has(key)) return;
    const { broker } = this.#cluster;
    this.#fetching.add(key);
    broker.scheduler.post(broker.process, `fetch ${key}`, () => this.#fetch(target));
  }

  #fetch(target: TopicPartition): void {
    const { broker } = this.#cluster;
    const key = partitionKey(target);
    const position = this.#positions.get(key);
    const again = () => {
      this.#fetching.delete(key);
      this.#poll(target);
    };
    if (!this.process.isAlive) return;
    if (position === undefined) {
      this.#fetching.delete(key);
      return;
    }
    if (position.offset >= broker.end(target.topic, target.partition)) {
      broker.onAppend(target, again);
      // A seek back must not wait for the next record.
      this.#fetching.delete(key);
      return;
    }
    const limit = broker.scheduler.random.between(1, 40);
    const records = broker.topic(target.topic).slice(target.partition, position.offset, { limit });
    const highWatermark = broker.end(target.topic, target.partition);
    broker.scheduler.post(this.process, `batch ${key} ${position.offset}+${records.length}`, () => {
      const handled = this.#deliver(target, { position, records, highWatermark })
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#handling.delete(handled);
          again();
        });
      this.#handling.add(handled);
    });
  }

  async #deliver(target: TopicPartition, batch: FetchedBatch): Promise<void> {
    const key = partitionKey(target);
    const { position, records, highWatermark } = batch;
    const epoch = this.#epochs.epochOf(key);
    const isCurrent = () => this.process.isAlive && this.#epochs.isCurrent(key, epoch);
    if (this.#positions.get(key) !== position || !isCurrent()) return;
    const isCompacted = this.#cluster.broker.topic(target.topic).isCompacted;
    const first = records[0]?.offset;
    if (!isCompacted && first !== position.offset) throw inputGap(target, position.offset, first);
    if (records.length > 0)
      await this.options.batch(
        { ...target, records, highWatermark },
        { isCurrent, heartbeat: () => Promise.resolve() },
      );
    const next = (records.at(-1)?.offset ?? highWatermark - 1) + 1;
    if (this.#positions.get(key) === position) this.#positions.set(key, { offset: next });
  }

  #fail(error: unknown): void {
    if (this.#hasFailed || this.#stopped !== undefined) return;
    this.#hasFailed = true;
    this.#epochs.revokeAll();
    const failure = error instanceof Error ? error : new Error(String(error));
    if (this.#assignments === 0) this.#joined.reject(failure);
    else this.options.crashed(failure);
  }

  async #leave(): Promise<void> {
    this.pause(this.#owned);
    await Promise.all(this.#handling);
    await this.beginHandOver().catch(() => undefined);
    await this.#ask('leave', () => this.#group.leave(this)).catch(() =>
      this.#group.fellSilent(this),
    );
  }

  #ask<T>(what: string, act: () => T): Promise<T> {
    return askBroker(this.#cluster, {
      owner: this.process,
      what: `${this.options.groupId}: ${what}`,
      act,
    });
  }
}

interface FetchedBatch {
  readonly position: { readonly offset: number };
  readonly records: readonly ConsumedRecord[];
  readonly highWatermark: number;
}
