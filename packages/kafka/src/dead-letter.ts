import type { ConsumedRecord, ProducedRecord } from './record.ts';

/** Common start of the headers of a dead letter. */
export const deadLetterHeaderPrefix = '__trending.errors.';

export type DeadLetterStage = 'decode' | 'validate' | 'aggregate' | 'sink';

export type DeadLetterReason =
  | 'bad_magic'
  | 'unknown_schema'
  | 'avro'
  | 'key_mismatch'
  | 'future_timestamp'
  | 'invalid_token'
  | 'chain_mismatch'
  | 'invalid_weight'
  | 'invalid_time';

export interface DeadLetterCause {
  readonly stage: DeadLetterStage;
  readonly reason: DeadLetterReason;
  /** Text for the operator, cut at 512 characters; never the payload. */
  readonly detail: string;
  readonly errorName?: string;
}

/** Where a dead letter came from and why; (topic, partition, offset, stage) is its identity. */
export interface DeadLetterInfo extends DeadLetterCause {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Timestamp of the original record, ms; undefined on letters of older versions. */
  readonly timestamp?: number;
}

const detailCharactersMax = 512;

/** The record to append to the dead-letter topic: key and value byte for byte, the reason in headers. */
export function deadLetterRecord(record: ConsumedRecord, cause: DeadLetterCause): ProducedRecord {
  const prefix = deadLetterHeaderPrefix;
  return {
    key: record.key,
    value: record.value,
    headers: {
      [`${prefix}topic`]: record.topic,
      [`${prefix}partition`]: String(record.partition),
      [`${prefix}offset`]: String(record.offset),
      [`${prefix}timestamp`]: String(record.timestamp),
      [`${prefix}stage`]: cause.stage,
      [`${prefix}reason`]: cause.reason,
      [`${prefix}exception.class.name`]: (cause.errorName ?? 'Error').slice(0, detailCharactersMax),
      [`${prefix}exception.message`]: cause.detail.slice(0, detailCharactersMax),
    },
  };
}

/** Reads the headers back; undefined when the record is not a dead letter of ours. */
export function deadLetterInfo({ headers }: ConsumedRecord): DeadLetterInfo | undefined {
  const read = (name: string) => textOf(headers[`${deadLetterHeaderPrefix}${name}`]);
  const [topic, partition, offset, stage, reason] = [
    read('topic'),
    Number(read('partition')),
    Number(read('offset')),
    read('stage'),
    read('reason'),
  ];
  if (topic === '' || stage === '' || !Number.isInteger(partition) || !Number.isInteger(offset)) {
    return undefined;
  }
  const timestamp = read('timestamp');
  return {
    topic,
    partition,
    offset,
    ...(timestamp === '' ? {} : { timestamp: Number(timestamp) }),
    stage: stage as DeadLetterStage,
    reason: reason as DeadLetterReason,
    detail: read('exception.message'),
    errorName: read('exception.class.name'),
  };
}

function textOf(header: Uint8Array | string | undefined): string {
  return header === undefined ? '' : Buffer.from(header).toString('utf8');
}
