import type { ConsumedRecord, TopicPartition, WatchedPosition } from '@trending/kafka';
import { partitionKey } from '@trending/kafka';

/** Newest records of a key that are kept: the last one may come from a ranker that had already lost its epoch. */
const keptPerKey = 4;

/** How far reading a compacted topic from its beginning has come, and what of it still matters. */
export class CatchUp {
  readonly #targets: ReadonlyMap<string, number>;
  readonly #next = new Map<string, WatchedPosition>();
  readonly #newest = new Map<string, ConsumedRecord[]>();

  /** Targets: per partition the high watermark seen at start. */
  constructor(targets: ReadonlyMap<string, number>) {
    this.#targets = targets;
  }

  /** Keeps a record until {@link takeNewest}; the older ones of its key are let go, undecoded. */
  keep(record: ConsumedRecord): void {
    const key = record.key === null ? '' : Buffer.from(record.key).toString('latin1');
    const kept = this.#newest.get(key) ?? [];
    kept.push(record);
    if (kept.length > keptPerKey) kept.shift();
    this.#newest.set(key, kept);
  }

  /** The kept records in the order of the log. */
  takeNewest(): readonly ConsumedRecord[] {
    const records = [...this.#newest.values()].flat();
    this.#newest.clear();
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }

  advance(partition: TopicPartition, next: number): void {
    const { topic, partition: number } = partition;
    this.#next.set(partitionKey(partition), { topic, partition: number, position: next });
  }

  /** Where to read on after a new assignment. */
  next(partition: TopicPartition): number | 'beginning' {
    return this.#next.get(partitionKey(partition))?.position ?? 'beginning';
  }

  /** Partitions that something was read of, and the next offset of each. */
  positions(): readonly WatchedPosition[] {
    return [...this.#next.values()];
  }

  get isDone(): boolean {
    return this.remaining === 0;
  }

  /** Offsets still to read, summed over partitions. */
  get remaining(): number {
    let sum = 0;
    for (const [key, target] of this.#targets)
      sum += Math.max(0, target - (this.#next.get(key)?.position ?? 0));
    return sum;
  }
}
