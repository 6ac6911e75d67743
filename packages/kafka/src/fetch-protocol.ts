import type { TopicPartition } from './log-port.ts';

/** Fetch request version 4 (https://kafka.apache.org/protocol#The_Messages_Fetch): the oldest that Kafka 4 takes. */
export const fetchVersion = 4;
export const fetchKey = 1;
const consumerReplica = -1;
/** Isolation level: transactions are not waited for. */
export const readUncommitted = 0;
/** Head of a record batch of magic 2, up to its records. */
const batchHeadBytes = 61;
const magicAt = 16;
const lastOffsetDeltaAt = 23;

export interface FetchEnd {
  readonly errorCode: number;
  /** Behind the last whole batch of the answer, whether or not any of its records is left; undefined when there is none. */
  readonly end: number | undefined;
}

/** The body of a request for one partition that does not wait for records. */
export function encodeFetch(
  { topic, partition }: TopicPartition,
  { offset, bytes }: { readonly offset: number; readonly bytes: number },
): Buffer {
  const name = Buffer.from(topic);
  const body = Buffer.alloc(17 + 4 + 2 + name.length + 4 + 16);
  body.writeInt32BE(consumerReplica, 0);
  // Waits 0 ms, takes 0 bytes for an answer.
  body.writeInt32BE(bytes, 12);
  body.writeInt8(readUncommitted, 16);
  body.writeInt32BE(1, 17);
  body.writeInt16BE(name.length, 21);
  name.copy(body, 23);
  const at = 23 + name.length;
  body.writeInt32BE(1, at);
  body.writeInt32BE(partition, at + 4);
  body.writeBigInt64BE(BigInt(offset), at + 8);
  body.writeInt32BE(bytes, at + 16);
  return body;
}

/** Of an answer for one partition, where its batches end. @throws RangeError when the answer ends too early */
export function decodeFetchEnd(answer: Buffer): FetchEnd {
  // Throttle time, one topic and its name, one partition: its number, error, high watermark, last stable offset.
  const nameEnd = 10 + answer.readInt16BE(8);
  const errorCode = answer.readInt16BE(nameEnd + 8);
  const aborted = Math.max(0, answer.readInt32BE(nameEnd + 26));
  const recordsAt = nameEnd + 30 + 16 * aborted;
  const bytes = Math.max(0, answer.readInt32BE(recordsAt));
  return { errorCode, end: batchesEnd(answer.subarray(recordsAt + 4, recordsAt + 4 + bytes)) };
}

function batchesEnd(batches: Buffer): number | undefined {
  let end: number | undefined;
  for (let at = 0; at + batchHeadBytes <= batches.length; ) {
    const length = 12 + batches.readInt32BE(at + 8);
    if (at + length > batches.length || batches.readInt8(at + magicAt) !== 2) break;
    const base = Number(batches.readBigInt64BE(at));
    end = base + batches.readInt32BE(at + lastOffsetDeltaAt) + 1;
    at += length;
  }
  return end;
}
