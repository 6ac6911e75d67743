import type { KafkaMessage } from 'kafkajs';
import type { TopicPartition } from './log-port.ts';
import type { ConsumedRecord } from './record.ts';

type FetchedMessage = KafkaMessage & { readonly isControlRecord?: boolean };

const noHeaders = Object.freeze({});

export interface WantedRecords {
  /** First offset. */
  readonly from?: number;
  readonly below?: number;
  /** Markers come as records; else they are dropped. */
  readonly withMarkers?: boolean;
}

/** kafkajs messages as our records. */
export function consumedRecords(
  { topic, partition }: TopicPartition,
  messages: readonly FetchedMessage[],
  { from = 0, below = Number.MAX_SAFE_INTEGER, withMarkers = false }: WantedRecords = {},
): ConsumedRecord[] {
  const records: ConsumedRecord[] = [];
  for (const message of messages) {
    const offset = Number(message.offset);
    if (offset < from || offset >= below) continue;
    if (message.isControlRecord) {
      if (withMarkers) records.push(markerOf({ topic, partition }, offset));
      continue;
    }
    records.push({
      topic,
      partition,
      offset,
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: headersOf(message),
    });
  }
  return records;
}

/** Its bytes are the broker's own business. */
export function markerOf({ topic, partition }: TopicPartition, offset: number): ConsumedRecord {
  const empty = { timestamp: 0, key: null, value: null, headers: noHeaders };
  return { topic, partition, offset, ...empty, isMarker: true };
}

/** A header given twice keeps its last value. */
function headersOf({ headers }: FetchedMessage): ConsumedRecord['headers'] {
  if (headers === undefined) return noHeaders;
  const flat: Record<string, Uint8Array | string | undefined> = {};
  let isEmpty = true;
  for (const name in headers) {
    const value = headers[name];
    flat[name] = Array.isArray(value) ? value.at(-1) : value;
    isEmpty = false;
  }
  return isEmpty ? noHeaders : flat;
}
