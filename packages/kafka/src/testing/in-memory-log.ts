import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, systemClock } from '@trending/runtime/clock';
import type {
  Follower,
  FollowOptions,
  GroupConsumer,
  Log,
  ReadRange,
  RecordBatch,
  RunGroupOptions,
  TopicPartition,
  TopicSpec,
} from '../log-port.ts';
import type { ConsumedRecord, ProducedRecord } from '../record.ts';
import { shareBeside } from '../sticky-assignment.ts';
import { inputGap, logClosed } from '../topic-errors.ts';
import { InMemoryFollower } from './in-memory-follower.ts';
import { InMemoryGroup } from './in-memory-group.ts';
import { InMemoryMember } from './in-memory-member.ts';
import { InMemoryStore } from './in-memory-store.ts';
import { wantedOf } from './in-memory-topic.ts';

/** What an append meets: an error, before (`landed: false`) or after the records are in the log (a lost answer). */
export interface AppendFault {
  readonly error: Error;
  readonly landed: boolean;
}

export interface InMemoryLogOptions {
  readonly topics?: readonly TopicSpec[];
  /** Stamps records without a timestamp and those of LogAppendTime topics. */
  readonly clock?: Clock;
}

/** Topics as arrays behind the {@link Log} port, with the levers a test wants. */
export interface InMemoryLog extends Log {
  /** Every record now in the topic, or in one partition, by partition and offset. */
  records(topic: string, partition?: number): ConsumedRecord[];
  /** A foreign publisher's transaction ends: the broker's mark takes an offset. */
  endTransaction(target: TopicPartition): void;
  /** Runs the cleaner: only the newest record of each key stays. */
  compact(topic: string): void;
  /** Runs retention: removes every record below `offset`. */
  truncateBefore(target: TopicPartition, offset: number): void;
  /** Asked before every append until cleared with `undefined`. */
  onAppend(
    fault:
      | ((target: TopicPartition, records: readonly ProducedRecord[]) => AppendFault | undefined)
      | undefined,
  ): void;
  /** Deals a group's partitions anew. */
  rebalance(groupId: string): Promise<void>;
  /** The member's process dies: no hand-over, its commits are refused, others take over. */
  kill(consumer: GroupConsumer): void;
  /** The client library gives up: `crashed` is called. */
  crash(consumer: GroupConsumer, error: Error): void;
  /** Another client of the same log, as in another process: closing it stops only its own members. */
  another(): InMemoryLog;
  /** Resolves when all members have handled all they can read. */
  settled(): Promise<void>;
}

export function createInMemoryLog(options: InMemoryLogOptions = {}): InMemoryLog {
  const store = new InMemoryStore(options.clock ?? systemClock);
  for (const spec of options.topics ?? []) store.ensure(spec);
  return new ArrayLog({ store, groups: new Map(), followers: new Set(), fault: undefined });
}

/** What all clients of one log have in common. */
interface SharedLog {
  readonly store: InMemoryStore;
  readonly groups: Map<string, InMemoryGroup>;
  readonly followers: Set<InMemoryFollower>;
  fault: Parameters<InMemoryLog['onAppend']>[0];
}

class ArrayLog implements InMemoryLog {
  readonly #shared: SharedLog;
  readonly #members: (InMemoryMember | InMemoryFollower)[] = [];
  #closed = false;

  constructor(shared: SharedLog) {
    this.#shared = shared;
  }

  async append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number> {
    if (this.#closed) throw logClosed();
    const topic = this.#shared.store.topic(target.topic);
    const fault = this.#shared.fault?.(target, records);
    if (fault !== undefined && !fault.landed) throw fault.error;
    const base = topic.append(target.partition, records, this.#shared.store.clock.now());
    this.#wakeReaders(target);
    if (fault !== undefined) throw fault.error;
    return base;
  }

  async runGroup(options: RunGroupOptions): Promise<GroupConsumer> {
    const known = this.#shared.groups.get(options.groupId);
    const group = known ?? new InMemoryGroup(this.#shared.store, options.groupId);
    this.#shared.groups.set(options.groupId, group);
    const member = await group.join(options);
    this.#members.push(member);
    return member;
  }

  async shareOf(groupId: string, topic: string): Promise<readonly number[]> {
    const partitions = this.#shared.store.topic(topic).partitions.length;
    const group = this.#shared.groups.get(groupId);
    const others = group?.members.map(({ id }) => ({ id, name: id })) ?? [];
    return shareBeside(others, group?.nextId ?? '', { topic, partitions });
  }

  async follow(target: TopicPartition, options: FollowOptions): Promise<Follower> {
    if (this.#closed) throw logClosed();
    const follower = new InMemoryFollower(this.#shared.store, target, options);
    this.#shared.followers.add(follower);
    this.#members.push(follower);
    return follower;
  }

  async *read(
    target: TopicPartition,
    { from, to, withMarkers = false }: ReadRange,
  ): AsyncGenerator<RecordBatch> {
    const topic = this.#shared.store.topic(target.topic);
    const { startOffset } = topic.partition(target.partition);
    if (from < startOffset && from < to && !topic.isCompacted)
      throw inputGap(target, from, startOffset);
    let next = from;
    while (next < to) {
      const found = topic.slice(target.partition, next, { limit: 500, below: to });
      const last = found.at(-1);
      if (last === undefined) return;
      next = last.offset + 1;
      const records = wantedOf(found, { withMarkers });
      if (records.length === 0) continue;
      const highWatermark = topic.partition(target.partition).endOffset;
      yield { topic: target.topic, partition: target.partition, records, highWatermark };
    }
  }

  async deleteBefore(target: TopicPartition, offset: number): Promise<void> {
    this.truncateBefore(target, offset);
  }

  async partitionCount(topic: string): Promise<number> {
    return this.#shared.store.topic(topic).partitions.length;
  }

  async startOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return this.#perPartition(topic, ({ startOffset }) => startOffset);
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return this.#perPartition(topic, ({ endOffset }) => endOffset);
  }

  async offsetsForTime(topic: string, timestamp: number): Promise<ReadonlyMap<number, number>> {
    return this.#perPartition(topic, ({ records, endOffset }) => {
      return records.find((record) => record.timestamp >= timestamp)?.offset ?? endOffset;
    });
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) this.#shared.store.ensure(spec);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const member of this.#members) await member.stop();
  }

  records(topic: string, partition?: number): ConsumedRecord[] {
    const { partitions } = this.#shared.store.topic(topic);
    return partitions.flatMap(({ records }, i) =>
      partition === undefined || partition === i ? records : [],
    );
  }

  endTransaction(target: TopicPartition): void {
    this.#shared.store.topic(target.topic).mark(target.partition);
    this.#wakeReaders(target);
  }

  compact(topic: string): void {
    this.#shared.store.topic(topic).compact();
  }

  truncateBefore(target: TopicPartition, offset: number): void {
    this.#shared.store.topic(target.topic).truncateBefore(target.partition, offset);
  }

  onAppend(fault: Parameters<InMemoryLog['onAppend']>[0]): void {
    this.#shared.fault = fault;
  }

  async rebalance(groupId: string): Promise<void> {
    await this.#shared.groups.get(groupId)?.rebalance();
  }

  kill(consumer: GroupConsumer): void {
    if (consumer instanceof InMemoryMember) consumer.kill();
  }

  crash(consumer: GroupConsumer, error: Error): void {
    if (consumer instanceof InMemoryMember) consumer.fail(error);
  }

  another(): InMemoryLog {
    return new ArrayLog(this.#shared);
  }

  async settled(): Promise<void> {
    do await nextTurn();
    while ([...this.#shared.groups.values(), ...this.#shared.followers].some((one) => one.isBusy));
  }

  #wakeReaders(target: TopicPartition): void {
    for (const group of this.#shared.groups.values()) {
      for (const member of group.members) member.wake(target);
    }
    for (const follower of this.#shared.followers) follower.wake();
  }

  #perPartition(
    topic: string,
    pick: (log: ReturnType<InMemoryStore['topic']>['partitions'][number]) => number,
  ): Map<number, number> {
    return new Map(this.#shared.store.topic(topic).partitions.map((log, i) => [i, pick(log)]));
  }
}
