import { setTimeout as timeout } from 'node:timers/promises';
import { type Log, partitionKey, type TopicPartition } from '@trending/kafka';

/** Longest wait for the broker, ms: a metric must not hang with it. */
const lookMs = 2_000;

export interface PartitionLag extends TopicPartition {
  /** Records that are in the log and not in ClickHouse. */
  readonly records: number;
}

interface Standing {
  readonly target: TopicPartition;
  /** Behind the last record inserted. */
  end: number;
  /** Greatest end of the log that was seen. */
  logEnd: number;
}

/**
 * How far ClickHouse is behind the log, for the partitions owned. While ClickHouse is away nothing is read, so the log is asked for its
 * ends whenever somebody wants to know.
 */
export class SinkLag {
  readonly #log: Pick<Log, 'endOffsets'>;
  readonly #standings = new Map<string, Standing>();
  #looking: Promise<void> | undefined;

  constructor(log: Pick<Log, 'endOffsets'>) {
    this.#log = log;
  }

  /** The partition is inserted from `offset` on. */
  begin(target: TopicPartition, offset: number): void {
    this.#standings.set(partitionKey(target), { target, end: offset, logEnd: offset });
  }

  /** Everything below `end` is inserted. */
  inserted(target: TopicPartition, end: number): void {
    const standing = this.#standings.get(partitionKey(target));
    if (standing !== undefined) standing.end = end;
  }

  release(target: TopicPartition): void {
    this.#standings.delete(partitionKey(target));
  }

  /** Of every partition owned; by ends seen before when the broker does not answer. */
  async now(): Promise<readonly PartitionLag[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await Promise.race([this.#looking, timeout(lookMs, undefined, { ref: false })]);
    return [...this.#standings.values()].map(({ target: { topic, partition }, end, logEnd }) => {
      return { topic, partition, records: Math.max(0, logEnd - end) };
    });
  }

  /** Never rejects: whoever asks next asks again. */
  async #look(): Promise<void> {
    const topics = new Set([...this.#standings.values()].map(({ target }) => target.topic));
    for (const topic of topics) {
      const ends = await this.#log.endOffsets(topic).catch(() => new Map<number, number>());
      for (const standing of this.#standings.values()) {
        const { target, logEnd } = standing;
        if (target.topic !== topic) continue;
        standing.logEnd = Math.max(logEnd, ends.get(target.partition) ?? 0);
      }
    }
  }
}
