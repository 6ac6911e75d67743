import { AppError, type Clock } from '@trending/runtime';
import type { StartPosition, TopicPartition, TopicSpec } from '../log-port.ts';
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

/** One wording for both implementations. */
export function topicMissing(name: string, cause?: unknown): AppError {
  return new AppError({
    code: 'TOPIC_MISSING',
    message: `Topic ${name} does not exist. Create the topics first: npm run topics:apply.`,
    cause,
  });
}

export function partitionCountError(spec: TopicSpec, found: number): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    message: `Topic ${spec.name} has ${found} partitions, ${spec.partitions} are declared. A partition count never changes in place: use the same VIEW_PARTITIONS, or a new topic version.`,
  });
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
