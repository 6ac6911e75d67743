import type { Consumer } from 'kafkajs';
import { partitionKey, type TopicPartition } from './log-port.ts';
import type { Position } from './passed-markers.ts';

/** Which partitions of an assignment are read, from where on, and which the application has paused. */
export class PartitionReading {
  readonly #consumer: Pick<Consumer, 'pause' | 'resume' | 'seek'>;
  /** Next offset by partition key; none while a partition is being restored. */
  readonly #positions: Map<string, Position>;
  readonly #paused = new Set<string>();

  constructor(
    consumer: Pick<Consumer, 'pause' | 'resume' | 'seek'>,
    positions: Map<string, Position>,
  ) {
    this.#consumer = consumer;
    this.#positions = positions;
  }

  /** A new assignment: nothing is read before it begins. */
  hold(partitions: readonly TopicPartition[]): void {
    this.#positions.clear();
    this.#paused.clear();
    if (partitions.length > 0) this.#consumer.pause(partitions.map(topicPartitions));
  }

  hasBegun(partition: TopicPartition): boolean {
    return this.#positions.has(partitionKey(partition));
  }

  begin(partition: TopicPartition, offset: number): void {
    this.#positions.set(partitionKey(partition), { offset });
    this.#consumer.seek({ ...partition, offset: String(offset) });
    if (!this.#paused.has(partitionKey(partition))) this.resume([partition]);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(partitionKey(partition));
    this.#consumer.pause(partitions.map(topicPartitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(partitionKey(partition));
    // A partition without a position is still being restored: it resumes when that is done.
    const ready = partitions.filter((partition) => this.hasBegun(partition));
    this.#consumer.resume(ready.map(topicPartitions));
  }

  seek(partition: TopicPartition, offset: number): void {
    if (!this.hasBegun(partition)) return;
    this.#positions.set(partitionKey(partition), { offset });
    this.#consumer.seek({ ...partition, offset: String(offset) });
  }
}

function topicPartitions({ topic, partition }: TopicPartition) {
  return { topic, partitions: [partition] };
}
