import type { Clock } from '@trending/runtime';
import type { StartPosition, TopicPartition, TopicSpec } from '../log-port.ts';
import { partitionCountError, topicMissing } from '../topic-errors.ts';
import { InMemoryTopic } from './in-memory-topic.ts';

/** All topics of one in-memory log. */
export class InMemoryStore {
  readonly clock: Clock;
  readonly #topics = new Map<string, InMemoryTopic>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  ensure(spec: TopicSpec): void {
    const known = this.#topics.get(spec.name);
    if (known === undefined) this.#topics.set(spec.name, new InMemoryTopic(spec));
    else if (known.partitions.length !== spec.partitions)
      throw partitionCountError(spec, known.partitions.length);
    else known.config = spec.config;
  }

  /** @throws AppError TOPIC_MISSING */
  topic(name: string): InMemoryTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw topicMissing(name);
    return topic;
  }
}

export interface PositionRequest {
  readonly partition: TopicPartition;
  readonly start: StartPosition;
  /** -1 = nothing committed. */
  readonly committed: number;
}

export function resolvePosition(store: InMemoryStore, request: PositionRequest): number {
  const { partition, start, committed } = request;
  const log = store.topic(partition.topic).partition(partition.partition);
  if (typeof start === 'number') return start;
  if (start === 'end') return log.endOffset;
  if (start === 'committed' && committed >= 0) return committed;
  return log.startOffset;
}
