import type { KafkaMessage } from 'kafkajs';
import type { TopicPartition } from './log-port.ts';
import type { ConsumedRecord } from './record.ts';

type FetchedMessage = KafkaMessage & { readonly isControlRecord?: boolean };

const noHeaders = Object.freeze({});

/** kafkajs messages as our records; control records are dropped. */
export function consumedRecords(
  { topic, partition }: TopicPartition,
  messages: readonly FetchedMessage[],
  { below = Number.MAX_SAFE_INTEGER }: { readonly below?: number } = {},
): ConsumedRecord[] {
  const records: ConsumedRecord[] = [];
  for (const message of messages) {
    const offset = Number(message.offset);
    if (message.isControlRecord || offset >= below) continue;
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
