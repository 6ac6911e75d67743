import type { ConsumedRecord, ProducedRecord } from './record.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface CommittedOffset {
  /** Next offset to read, or -1 when nothing was committed. */
  readonly offset: number;
  readonly metadata: string;
}

/** Where an assigned partition starts; `'committed'` falls back to the beginning. */
export type StartPosition = number | 'beginning' | 'end' | 'committed';

export interface BatchContext {
  /** False once the partition was taken away or restored again: do not change state any more. */
  readonly isCurrent: () => boolean;
  /** Call at least every second or 5 000 records of a long batch: keeps the membership and, after some milliseconds of work, yields to the event loop. Never rejects. */
  readonly heartbeat: () => Promise<void>;
}

/** Consecutive records of one partition, in offset order, never empty. */
export interface RecordBatch extends TopicPartition {
  readonly records: readonly ConsumedRecord[];
  readonly highWatermark: number;
}

/** Has a partition read from `offset` on. Void once a newer assignment has come. */
export type BeginReading = (partition: TopicPartition, offset: number) => void;

export interface GroupHandlers {
  /**
   * Called with every partition of the new assignment, kept ones too, before the first fetch. The partitions stay paused
   * until it resolves with a start position for each; one that is ready before the others is read from when `begin` is called, and needs none.
   * A newer assignment makes the result void.
   */
  assigned(
    partitions: readonly TopicPartition[],
    begin: BeginReading,
  ): Promise<ReadonlyMap<string, StartPosition>>;
  /** Partitions are about to leave (rebalance or stop): drain, hand over. Bounded by the session timeout. */
  revoked?(partitions: readonly TopicPartition[]): Promise<void>;
  /** One batch at a time per partition. A rejection is fatal for the consumer. */
  batch(batch: RecordBatch, context: BatchContext): Promise<void>;
}

export interface RunGroupOptions extends GroupHandlers {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Markers of ended transactions come as records: for who must account for every offset. */
  readonly withMarkers?: boolean;
  /** Rather few large batches than each record at once: records may wait a quarter of a second before they are handed on. */
  readonly isUnhurried?: boolean;
  /** The consumer died for good; the process must end (crash-only). */
  readonly crashed: (error: Error) => void;
}

/** A running group member. */
export interface GroupConsumer {
  /** Stops fetching of these partitions until `resume`; records of a batch in flight still arrive. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  seek(partition: TopicPartition, offset: number): void;
  /** Commits as this member: a removed member is refused (AppError APPEND_FAILED). Metadata up to 4 KiB. */
  commit(partition: TopicPartition, offset: number, metadata?: string): Promise<void>;
  committed(partition: TopicPartition): Promise<CommittedOffset>;
  /** Why it may have lost its partitions without being told, for readiness. A log that cannot fall silent has none. */
  problem?(): string | undefined;
  /** Leaves the group after the running batches ended. Idempotent. */
  stop(): Promise<void>;
}

/** What a follower hands on; without records where compaction left none before `next`. */
export interface FollowedBatch extends RecordBatch {
  /** First offset behind everything that was handed on. */
  readonly next: number;
}

export interface FollowOptions {
  /** First offset to read; `'beginning'` = the first there is. */
  readonly from: number | 'beginning';
  /** One batch at a time. A rejection is fatal for the follower. */
  batch(batch: FollowedBatch): Promise<void>;
  /** The follower died for good: its log begins behind what it has to read next (INPUT_GAP), or a batch was rejected. */
  readonly crashed: (error: Error) => void;
}

/** A reader of one partition that needs no group. Lost brokers and moved leaders do not end it: it goes on when it can. */
export interface Follower {
  /** What it waits for in vain, if so, for readiness. A log that cannot fall silent has nothing to tell. */
  problem?(): string | undefined;
  /** After the running batch. Idempotent. */
  stop(): Promise<void>;
}

export interface ReadRange {
  readonly from: number;
  /** Behind the last offset. */
  readonly to: number;
  /** Markers of ended transactions come as records. */
  readonly withMarkers?: boolean;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * The one narrow port to the log. Errors: AppError with BROKER_UNAVAILABLE, APPEND_FAILED, APPEND_TIMEOUT, QUEUE_FULL
 * (all retriable) or TOPIC_MISSING, INPUT_GAP (not). Implementations: `KafkaLog`, `InMemoryLog`; one contract suite for both.
 */
export interface Log {
  /**
   * Appends records to one partition, in order, acks = all; resolves with the offset of the first one. Waits in a lane's bounded
   * queue (QUEUE_FULL at once when full) and at most the lane's deadline (APPEND_TIMEOUT: they may still land).
   */
  append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number>;
  /** Joins a group. Resolves when the member is running. */
  runGroup(options: RunGroupOptions): Promise<GroupConsumer>;
  /**
   * Partitions of a topic that this client would be given if it joined the group now, by what is known of it: for those who want to be ready
   * before they take anything from anybody. A guess, and soon out of date.
   */
  shareOf(groupId: string, topic: string): Promise<readonly number[]>;
  /** Reads `[from, to)` of a partition in batches, without a group's offsets. */
  read(target: TopicPartition, range: ReadRange): AsyncIterable<RecordBatch>;
  /** Reads a partition for ever, without a group: for those who each read everything. */
  follow(target: TopicPartition, options: FollowOptions): Promise<Follower>;
  /** Deletes all records below `offset`, at most those there are. */
  deleteBefore(target: TopicPartition, offset: number): Promise<void>;
  partitionCount(topic: string): Promise<number>;
  startOffsets(topic: string): Promise<ReadonlyMap<number, number>>;
  /** One past the last record that belongs to no transaction still open (Kafka's last stable offset); without transactions the high watermark. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, number>>;
  /** First offset per partition whose record timestamp is ≥ `timestamp`; the end offset when there is none. */
  offsetsForTime(topic: string, timestamp: number): Promise<ReadonlyMap<number, number>>;
  /** Creates missing topics and settles their config; never changes a partition count. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  close(): Promise<void>;
}

/** Map key of a topic partition. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** The topic partition of a {@link partitionKey}. */
export function partitionOfKey(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
