import {
  type Follower,
  type FollowOptions,
  type GroupConsumer,
  type Log,
  type ProducedRecord,
  partitionKey,
  type RecordBatch,
  type RunGroupOptions,
  type TopicPartition,
} from '@trending/kafka';
import { topics } from '@trending/schemas';
import { defaultLaneSettings, ProducerLane } from '../../packages/kafka/src/producer-lane.ts';
import { shareBeside } from '../../packages/kafka/src/sticky-assignment.ts';
import { inputGap } from '../../packages/kafka/src/topic-errors.ts';
import type { Broker } from './broker.ts';
import { askBroker, type Cluster } from './cluster.ts';
import { SimulatedFollower } from './follower.ts';
import { SimulatedProducer } from './lane-producer.ts';
import { SimulatedMember } from './member.ts';
import type { Process } from './scheduler.ts';

const lanes = 2;

/** One process's client of the simulated broker. Its producers run in the real lanes. */
export class SimulatedLog implements Log {
  readonly #cluster: Cluster;
  readonly process: Process;
  readonly #lanes: readonly ProducerLane[];
  /** Told of every append as it is asked for, and of every answer about end offsets. */
  onAppend: ((target: TopicPartition, records: readonly ProducedRecord[]) => void) | undefined;
  /** Told when a delta is acknowledged while dead letters of its partition are not. */
  onDeltaBeforeLetters: (() => void) | undefined;
  /** Partitions whose last dead letters are not acknowledged. */
  readonly #openLetters = new Set<number>();
  onEnds: ((topic: string, ends: ReadonlyMap<number, number>) => void) | undefined;

  constructor(cluster: Cluster, process: Process) {
    this.#cluster = cluster;
    this.process = process;
    const { broker, faults } = cluster;
    this.#lanes = Array.from(
      { length: lanes },
      () =>
        new ProducerLane(
          defaultLaneSettings,
          () => new SimulatedProducer(broker, faults, process),
          // The world has turns of its own.
          () => Promise.resolve(),
        ),
    );
  }

  append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number> {
    this.onAppend?.(target, records);
    const lane = this.#lanes[(target.topic.length + target.partition) % lanes] as ProducerLane;
    return this.#watched(target, lane.append(target, records));
  }

  async #watched({ topic, partition }: TopicPartition, appending: Promise<number>) {
    const isLetters = topic === topics.deadLetters.name;
    if (isLetters) this.#openLetters.add(partition);
    const offset = await appending;
    if (isLetters) this.#openLetters.delete(partition);
    if (topic === topics.viewDeltas.name && this.#openLetters.has(partition))
      this.onDeltaBeforeLetters?.();
    return offset;
  }

  runGroup(options: RunGroupOptions): Promise<GroupConsumer> {
    const member = new SimulatedMember(this.#cluster, this.process, options);
    return member.start();
  }

  shareOf(groupId: string, topic: string): Promise<readonly number[]> {
    const { broker, coordinator } = this.#cluster;
    return this.ask(`share of ${groupId}`, () => {
      const { members } = coordinator.group(groupId);
      const others = members.map(({ id, process }) => ({ id, name: process.name }));
      const partitions = broker.topic(topic).partitions.length;
      return shareBeside(others, this.process.name, { topic, partitions });
    });
  }

  async follow(target: TopicPartition, options: FollowOptions): Promise<Follower> {
    return new SimulatedFollower(
      { cluster: this.#cluster, process: this.process },
      target,
      options,
    );
  }

  async *read(
    target: TopicPartition,
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<RecordBatch> {
    const { broker } = this.#cluster;
    const records = await this.ask(`read ${partitionKey(target)} ${from}-${to}`, () => {
      const topic = broker.topic(target.topic);
      const { startOffset } = topic.partition(target.partition);
      if (from < startOffset && from < to && !topic.isCompacted)
        throw inputGap(target, from, startOffset);
      return topic.slice(target.partition, from, { limit: Number.MAX_SAFE_INTEGER, below: to });
    });
    const highWatermark = broker.end(target.topic, target.partition);
    if (records.length > 0) yield { ...target, records, highWatermark };
  }

  deleteBefore(target: TopicPartition, offset: number): Promise<void> {
    return this.ask(`delete ${partitionKey(target)} below ${offset}`, () =>
      this.#cluster.broker.topic(target.topic).truncateBefore(target.partition, offset),
    );
  }

  async partitionCount(topic: string): Promise<number> {
    return this.#cluster.broker.topic(topic).partitions.length;
  }

  startOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return this.ask(`start of ${topic}`, () =>
      this.#offsets(topic, ({ startOffset }) => startOffset),
    );
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    const ends = await this.ask(`end of ${topic}`, () =>
      this.#offsets(topic, ({ endOffset }) => endOffset),
    );
    this.onEnds?.(topic, ends);
    return ends;
  }

  offsetsForTime(topic: string, timestamp: number): Promise<ReadonlyMap<number, number>> {
    return this.ask(`${topic} from ${timestamp} on`, () =>
      this.#offsets(
        topic,
        ({ records, endOffset }) =>
          records.find((record) => record.timestamp >= timestamp)?.offset ?? endOffset,
      ),
    );
  }

  async ensureTopics(): Promise<void> {}

  async close(): Promise<void> {}

  /** A question to the broker: done there at one moment, answered at the same or a later one. */
  ask<T>(what: string, act: () => T): Promise<T> {
    return askBroker(this.#cluster, { owner: this.process, what, act });
  }

  #offsets(
    topic: string,
    pick: (log: ReturnType<Broker['topic']>['partitions'][number]) => number,
  ): Map<number, number> {
    return new Map(
      this.#cluster.broker.topic(topic).partitions.map((log, partition) => [partition, pick(log)]),
    );
  }
}
