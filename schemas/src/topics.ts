import { type AvroSchemaName, avroSchemas } from './avro-schemas.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A topic is a value: name, key and value, cleanup and retention. Nothing else names a topic. */
export interface Topic {
  /** Unprefixed name: data set and version. */
  readonly name: string;
  /** What the UTF-8 key holds. */
  readonly key: string;
  /** Avro record of the value, or null for raw bytes. */
  readonly value: AvroSchemaName | null;
  readonly cleanup: 'delete' | 'compact';
  /** A count, or 'views' for as many partitions as the views topic has. */
  readonly partitions: number | 'views';
  /** Milliseconds, -1 = for ever; ignored by compacted topics. */
  readonly retentionMs: number;
  /** Broker settings besides the common ones. */
  readonly config: Readonly<Record<string, string>>;
}

export const defaultViewPartitions = 12;

/** Short segments: only closed ones are compacted, and whoever starts reads all that is not. */
const compacted = {
  'segment.bytes': String(32 * 1024 * 1024),
  'segment.ms': String(10 * minute),
  'min.cleanable.dirty.ratio': '0.1',
};
/** Written by nobody but us: stamped by the broker, and kept in the codec we chose, so that the broker need not compress again. */
const internal = { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'producer' };

/** The topic catalogue. Times of `views` are the publisher's receive time, bounded against the future. */
export const topics = {
  views: {
    name: 'token.views.v1',
    key: 'chain:address',
    value: 'TokenView',
    cleanup: 'delete',
    partitions: 'views',
    retentionMs: 8 * day,
    config: { 'message.timestamp.after.max.ms': '60000' },
  },
  /** Views older than the live log takes, by event time; kept for ever, replayed and never ranked live. */
  backfill: {
    name: 'token.views.backfill.v1',
    key: 'chain:address',
    value: 'TokenView',
    cleanup: 'delete',
    partitions: 'views',
    retentionMs: -1,
    config: {},
  },
  viewDeltas: {
    name: 'token.view-deltas.v1',
    key: 'partition',
    value: 'ViewDelta',
    cleanup: 'delete',
    partitions: 'views',
    retentionMs: 8 * day,
    config: internal,
  },
  /** From the partitions of tokens to those of viewers. The memory of a viewer is rebuilt from it: it reaches two days back. */
  sightings: {
    name: 'viewer.sightings.v1',
    key: 'partition of the views',
    value: 'ViewerSightings',
    cleanup: 'delete',
    partitions: 'views',
    retentionMs: 3 * day,
    config: internal,
  },
  /** And back: boards of the past follow from it, so it is kept as long as the views. */
  journeys: {
    name: 'viewer.journeys.v1',
    key: 'partition of the views',
    value: 'ViewerJourneys',
    cleanup: 'delete',
    partitions: 1,
    retentionMs: 8 * day,
    config: internal,
  },
  candidates: {
    name: 'token.candidates.v1',
    key: 'window|partition',
    value: 'CandidateSet',
    cleanup: 'compact',
    partitions: 1,
    retentionMs: -1,
    config: { ...compacted, ...internal, 'max.message.bytes': String(8 * 1024 * 1024) },
  },
  /** A sink that was away for longer than the lag finds only the newest boards; what it missed can be replayed. */
  rankings: {
    name: 'token.rankings.v1',
    key: 'formula|window|scope',
    value: 'Board',
    cleanup: 'compact',
    partitions: 1,
    retentionMs: -1,
    config: { ...compacted, ...internal, 'min.compaction.lag.ms': String(15 * minute) },
  },
  /** What boards were made of, a record a window and minute: on its way into ClickHouse. */
  features: {
    name: 'token.features.v1',
    key: 'window',
    value: 'FeatureSet',
    cleanup: 'delete',
    partitions: 1,
    retentionMs: 8 * day,
    config: { ...internal, 'max.message.bytes': String(8 * 1024 * 1024) },
  },
  metadata: {
    name: 'token.metadata.v1',
    key: 'chain:address | week|chain:address',
    value: 'TokenMetadata',
    cleanup: 'compact',
    partitions: 1,
    retentionMs: -1,
    config: compacted,
  },
  /**
   * What operators said is the audit trail, and boards of the past follow from it: no word is compacted away before the history that was
   * made under it. Stamped by the broker, because a null value is in force from the record's own time.
   */
  control: {
    name: 'trending.control.v1',
    key: 'formula:<id> | suppress:<token>',
    value: 'Control',
    cleanup: 'compact',
    partitions: 1,
    retentionMs: -1,
    config: {
      ...compacted,
      'message.timestamp.type': 'LogAppendTime',
      'min.compaction.lag.ms': String(400 * day),
      'delete.retention.ms': String(400 * day),
    },
  },
  deadLetters: {
    name: 'token.views.dlq.v1',
    key: 'as received',
    value: null,
    cleanup: 'delete',
    partitions: 'views',
    retentionMs: 30 * day,
    config: {},
  },
} as const satisfies Record<string, Topic>;

export type TopicId = keyof typeof topics;

/** Registry subject of a topic's value: TopicNameStrategy. `prefix` isolates tests and copies. */
export function subjectOf(topic: Topic, prefix = ''): string {
  return `${prefix}${topic.name}-value`;
}

/** Avro schema text of a topic's value; throws for topics that carry raw bytes. */
export function schemaOf(topic: Topic): string {
  if (topic.value === null) throw new Error(`${topic.name} carries raw bytes, it has no schema`);
  return JSON.stringify(avroSchemas[topic.value]);
}
