import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime/backoff';
import { isRetriable } from '@trending/runtime/errors';
import { createKafka, type KafkaSettings } from './client.ts';
import { removeFormerMembers } from './former-member.ts';
import { type GroupConsumerSettings, KafkaGroupConsumer } from './group-consumer.ts';
import { appErrorOf } from './kafka-errors.ts';
import { createLaneProducer } from './kafka-producer.ts';
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
} from './log-port.ts';
import { murmur2 } from './murmur2.ts';
import { PartitionFollower } from './partition-follower.ts';
import { PartitionReader } from './partition-reader.ts';
import { defaultLaneSettings, type LaneSettings, ProducerLane } from './producer-lane.ts';
import type { ProducedRecord } from './record.ts';
import { shareBeside } from './sticky-assignment.ts';
import { logClosed } from './topic-errors.ts';
import { TopicsAdmin } from './topics-admin.ts';

const joinAttemptsMax = 8;
/**
 * Where a partition ends is answered at once, or the connection is dead. Watchdogs ask it: they must see within their own time that records
 * wait, even when every connection of the process died without a word.
 */
const endsSilenceMs = 4_000;
const joinBackoff = { initialMs: 100, maxMs: 1_000 };

export interface KafkaLogSettings extends KafkaSettings {
  readonly lanes?: Partial<LaneSettings>;
  /** No other running process has this client id, so what a group knows under it is a killed predecessor and may be taken out. */
  readonly isSoleInstance?: boolean;
}

/** The log on a Kafka cluster. Connections open when first needed. */
export function createKafkaLog(settings: KafkaLogSettings): Log {
  return new KafkaLog(settings);
}

class KafkaLog implements Log {
  readonly #settings: KafkaLogSettings;
  readonly #lanes: readonly ProducerLane[];
  readonly #admin: TopicsAdmin;
  /** On a connection of its own, so that no slow question is in the way. */
  readonly #ends: TopicsAdmin;
  readonly #reader: PartitionReader;
  readonly #consumers = new Set<GroupConsumer | Follower>();
  /** By topic, of which a process writes a handful. */
  readonly #firstLanes = new Map<string, number>();
  readonly #compacted = new Map<string, Promise<boolean>>();
  #closed: Promise<void> | undefined;

  constructor(settings: KafkaLogSettings) {
    const lanes = { ...defaultLaneSettings, ...settings.lanes };
    this.#settings = settings;
    this.#admin = new TopicsAdmin(settings);
    this.#ends = new TopicsAdmin(settings, { silenceMs: endsSilenceMs });
    this.#reader = new PartitionReader(settings);
    this.#lanes = Array.from(
      { length: lanes.lanes },
      () => new ProducerLane(lanes, () => createLaneProducer(settings)),
    );
  }

  append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number> {
    const lane = this.#lanes[this.#laneOf(target)];
    return lane === undefined ? Promise.reject(logClosed()) : lane.append(target, records);
  }

  async runGroup(options: RunGroupOptions): Promise<GroupConsumer> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.#closed !== undefined) throw logClosed();
      const consumer = new KafkaGroupConsumer(this.#consumerSettings(), options);
      try {
        if (this.#settings.isSoleInstance) await this.#replaceFormerSelf(options.groupId);
        await consumer.start();
        this.#consumers.add(consumer);
        return consumer;
      } catch (error) {
        // A coordinator that is just loading answers so; kafkajs gives up on it at once.
        if (!isRetriable(error) || attempt + 1 >= joinAttemptsMax) throw error;
        await sleep(backoffDelay(joinBackoff, attempt, 0.5));
      }
    }
  }

  async shareOf(groupId: string, topic: string): Promise<readonly number[]> {
    const partitions = await this.#admin.partitionCount(topic);
    const members = await this.#admin.members(groupId);
    return shareBeside(members, this.#settings.clientId, { topic, partitions });
  }

  async *read(target: TopicPartition, range: ReadRange): AsyncGenerator<RecordBatch> {
    yield* this.#reader.read(target, range, await this.#isCompacted(target.topic));
  }

  async follow(target: TopicPartition, options: FollowOptions): Promise<Follower> {
    const { topic, partition } = target;
    const isCompacted = await this.#isCompacted(topic);
    const from =
      options.from === 'beginning'
        ? ((await this.startOffsets(topic)).get(partition) ?? 0)
        : options.from;
    if (this.#closed !== undefined) throw logClosed();
    const followed = { topic, partition, from, isCompacted };
    const follower = new PartitionFollower(this.#settings, followed, options);
    this.#consumers.add(follower);
    return follower;
  }

  deleteBefore(target: TopicPartition, offset: number): Promise<void> {
    return this.#admin.deleteBefore(target, offset);
  }

  partitionCount(topic: string): Promise<number> {
    return this.#admin.partitionCount(topic);
  }

  async startOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return (await this.#admin.offsets(topic)).start;
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return (await this.#ends.offsets(topic)).end;
  }

  offsetsForTime(topic: string, timestamp: number): Promise<ReadonlyMap<number, number>> {
    return this.#admin.offsetsForTime(topic, timestamp);
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#admin.ensure(specs);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Neighbouring partitions of a topic go to different lanes; topics start at different ones. */
  #laneOf({ topic, partition }: TopicPartition): number {
    let first = this.#firstLanes.get(topic);
    if (first === undefined) {
      first = murmur2(Buffer.from(topic)) >>> 1;
      this.#firstLanes.set(topic, first);
    }
    return (first + partition) % this.#lanes.length;
  }

  async #replaceFormerSelf(groupId: string): Promise<void> {
    const { clientId, logger } = this.#settings;
    try {
      const removed = await removeFormerMembers(createKafka(this.#settings), { groupId, clientId });
      if (removed > 0)
        logger.info({ groupId, removed }, 'took a killed predecessor out of the group');
    } catch (error) {
      const what = `looking for a predecessor in group ${groupId}`;
      throw appErrorOf(error, { what, topic: '', code: 'BROKER_UNAVAILABLE' });
    }
  }

  #consumerSettings(): GroupConsumerSettings {
    return {
      kafka: createKafka(this.#settings),
      admin: this.#admin,
      memberName: this.#settings.clientId,
    };
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    await this.#reader.close();
    await this.#admin.close();
    await this.#ends.close();
  }

  /** Asked once a topic: whether offsets may have holes. */
  #isCompacted(topic: string): Promise<boolean> {
    const known = this.#compacted.get(topic);
    if (known !== undefined) return known;
    const asked = this.#admin.isCompacted(topic);
    this.#compacted.set(topic, asked);
    asked.catch(() => this.#compacted.delete(topic));
    return asked;
  }
}
