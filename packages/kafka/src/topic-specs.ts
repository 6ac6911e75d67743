import { type Topic, topics } from '@trending/schemas';
import type { TopicSpec } from './log-port.ts';

/** Name of a topic on the broker. `prefix` isolates tests and copies. */
export function topicName(topic: Topic, prefix: string): string {
  return `${prefix}${topic.name}`;
}

export interface TopicSpecSettings {
  readonly prefix: string;
  /** Partitions of the views topic and of all that follow it. */
  readonly viewPartitions: number;
  /** Keep everything for ever: for copies and replays, whose old timestamps retention would eat at once. */
  readonly keepForEver?: boolean;
}

/**
 * Every topic of the catalogue as the broker should have it. Where others may write, gzip is enforced by the broker: no publisher can write a codec
 * that our consumers cannot read.
 */
export function topicSpecs(settings: TopicSpecSettings): TopicSpec[] {
  return Object.values(topics).map((topic: Topic) => topicSpec(topic, settings));
}

export function topicSpec(topic: Topic, settings: TopicSpecSettings): TopicSpec {
  return {
    name: topicName(topic, settings.prefix),
    partitions: topic.partitions === 'views' ? settings.viewPartitions : topic.partitions,
    config: {
      'cleanup.policy': topic.cleanup,
      'compression.type': 'gzip',
      // Most batches come as they are and the broker packs them: the fastest level costs a third of the default one.
      'compression.gzip.level': '1',
      'max.message.bytes': String(1024 * 1024),
      ...(topic.cleanup === 'delete' ? { 'retention.ms': retentionOf(topic, settings) } : {}),
      ...topic.config,
    },
  };
}

function retentionOf(topic: Topic, { keepForEver = false }: TopicSpecSettings): string {
  return String(keepForEver ? -1 : topic.retentionMs);
}
