import {
  batchHeadBytes,
  type FetchedRecord,
  RecordCursor,
  readBatchHead,
} from './fetched-records.ts';
import { unpacked } from './gzip-codec.ts';

/** As kafkajs' own decoder gives it. */
export interface FetchAnswer {
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { topicName: string; partitions: readonly AnsweredPartition[] }[];
}

interface AnsweredPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly { producerId: string; firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedRecord[];
}

const lengthAt = 8;
const magicAt = 16;
const attributesAt = 21;
const codecs = { none: 0, gzip: 1 } as const;
const codecMask = 7;

/**
 * Reads the answer to a fetch of version 11, the newest that kafkajs knows (https://kafka.apache.org/protocol#The_Messages_Fetch) in a quarter of the time that kafkajs takes.
 * @throws RangeError when the bytes are not what they should be, or hold what only kafkajs reads: older batches, other compression
 */
export async function decodeFetchAnswer(answer: Buffer): Promise<FetchAnswer> {
  const reader = new AnswerReader(answer);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: { topicName: string; partitions: AnsweredPartition[] }[] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.text();
    const partitions: AnsweredPartition[] = [];
    for (let left = reader.int32(); left > 0; left -= 1)
      partitions.push(await readPartition(reader));
    responses.push({ topicName, partitions });
  }
  // Asked to wait, kafkajs waits by itself; it takes 0 for "the broker has not waited".
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function readPartition(reader: AnswerReader): Promise<AnsweredPartition> {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const [highWatermark, lastStableOffset, lastStartOffset] = [
    reader.int64(),
    reader.int64(),
    reader.int64(),
  ];
  const abortedTransactions: { producerId: string; firstOffset: string }[] = [];
  for (let left = reader.int32(); left > 0; left -= 1)
    abortedTransactions.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  const preferredReadReplica = reader.int32();
  const messages = await readMessages(reader.sized());
  return {
    ...{ partition, errorCode, highWatermark, lastStableOffset, lastStartOffset },
    ...{ abortedTransactions, preferredReadReplica, messages },
  };
}

/** The last batch may be cut off: it comes whole with the next answer. */
async function readMessages(batches: Buffer): Promise<FetchedRecord[]> {
  const records: FetchedRecord[] = [];
  for (let at = 0; at + batchHeadBytes <= batches.length; ) {
    const end = at + lengthAt + 4 + batches.readInt32BE(at + lengthAt);
    if (batches.readInt8(at + magicAt) !== 2) throw new RangeError('a batch of an older format');
    if (end > batches.length) break;
    await readBatch(batches.subarray(at, end), records);
    at = end;
  }
  return records;
}

async function readBatch(batch: Buffer, records: FetchedRecord[]): Promise<void> {
  const head = readBatchHead(batch);
  const codec = batch.readInt16BE(attributesAt) & codecMask;
  const count = batch.readInt32BE(batchHeadBytes - 4);
  if (codec !== codecs.none && codec !== codecs.gzip) throw new RangeError('another compression');
  const cursor =
    codec === codecs.none
      ? new RecordCursor(head, batch, batchHeadBytes)
      : new RecordCursor(head, await unpacked(batch.subarray(batchHeadBytes)), 0);
  for (let left = count; left > 0; left -= 1) records.push(cursor.next());
}

/** Fields of an answer in their order. @throws RangeError behind its end */
class AnswerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): string {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8).toString();
  }

  text(): string {
    return this.#take(this.int16()).toString('utf8');
  }

  /** Bytes behind their length. */
  sized(): Buffer {
    return this.#take(this.int32());
  }

  #take(length: number): Buffer {
    const from = this.#at;
    this.#at += Math.max(0, length);
    if (this.#at > this.#bytes.length) throw new RangeError('an answer ends too early');
    return this.#bytes.subarray(from, this.#at);
  }
}
