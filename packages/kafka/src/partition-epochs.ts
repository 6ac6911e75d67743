import { partitionKey, type TopicPartition } from './log-port.ts';

/**
 * Counts the assignments of every partition in this process. A handler keeps the epoch it started under and compares before
 * it changes state: kafkajs runs handlers on for partitions that were already taken away.
 */
export class PartitionEpochs {
  readonly #epochs = new Map<string, number>();
  readonly #owned = new Set<string>();

  /** A new assignment: all earlier epochs of these and of every partition owned before are over. */
  assign(partitions: readonly TopicPartition[]): void {
    this.revokeAll();
    for (const partition of partitions) {
      const key = partitionKey(partition);
      this.#epochs.set(key, this.epochOf(key) + 1);
      this.#owned.add(key);
    }
  }

  /** Nothing is owned any more. */
  revokeAll(): void {
    this.#owned.clear();
  }

  /** Current epoch of a partition key, 0 before its first assignment. */
  epochOf(key: string): number {
    return this.#epochs.get(key) ?? 0;
  }

  isOwned(key: string): boolean {
    return this.#owned.has(key);
  }

  isCurrent(key: string, epoch: number): boolean {
    return this.#owned.has(key) && this.epochOf(key) === epoch;
  }
}
