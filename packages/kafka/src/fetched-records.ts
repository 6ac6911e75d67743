import { zigzagEnd, zigzagOf } from '@trending/schemas';

/** What kafkajs keeps of a record batch with each of its records. */
export interface BatchHead {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  readonly timestampType: number;
  readonly magicByte: number;
}

/**
 * A record as kafkajs has it, but for offset and timestamp, which are numbers: kafkajs takes either, and a text of each would cost more than
 * all the rest.
 */
export interface FetchedRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | null | (Buffer | null)[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchHead;
}

/** Bytes of a batch up to its records. */
export const batchHeadBytes = 61;
const logAppendTime = 1;
const noHeaders = Object.freeze({});

/** The head of a batch of magic 2 (https://kafka.apache.org/documentation/#recordbatch), all of which is there. */
export function readBatchHead(batch: Buffer): BatchHead {
  const attributes = batch.readInt16BE(21);
  return {
    firstOffset: batch.readBigInt64BE(0).toString(),
    firstTimestamp: batch.readBigInt64BE(27).toString(),
    partitionLeaderEpoch: batch.readInt32BE(12),
    inTransaction: (attributes & 0x10) !== 0,
    isControlBatch: (attributes & 0x20) !== 0,
    lastOffsetDelta: batch.readInt32BE(23),
    producerId: batch.readBigInt64BE(43).toString(),
    producerEpoch: batch.readInt16BE(51),
    firstSequence: batch.readInt32BE(53),
    maxTimestamp: batch.readBigInt64BE(35).toString(),
    timestampType: (attributes & 0x8) === 0 ? 0 : logAppendTime,
    magicByte: batch.readInt8(16),
  };
}

/** Reads the records of one batch, one after the other (https://kafka.apache.org/documentation/#record). */
export class RecordCursor {
  readonly #bytes: Buffer;
  readonly #head: BatchHead;
  readonly #firstOffset: number;
  readonly #firstTimestamp: number;
  /** All records bear it where the broker stamps them; else undefined. */
  readonly #appendedAt: number | undefined;
  #at = 0;

  constructor(head: BatchHead, bytes: Buffer) {
    this.#head = head;
    this.#bytes = bytes;
    this.#firstOffset = Number(head.firstOffset);
    this.#firstTimestamp = Number(head.firstTimestamp);
    this.#appendedAt = head.timestampType === logAppendTime ? Number(head.maxTimestamp) : undefined;
  }

  /** @throws RangeError when the bytes are no record, or hold a number beyond 2^48 */
  next(): FetchedRecord {
    const size = this.#varint();
    const end = this.#at + size;
    if (size < 0 || end > this.#bytes.length) throw new RangeError('a record ends too late');
    const attributes = ((this.#bytes[this.#at++] as number) << 24) >> 24;
    const timestampDelta = this.#varint();
    const offsetDelta = this.#varint();
    const key = this.#sized();
    const value = this.#sized();
    const count = this.#varint();
    const headers = count === 0 ? noHeaders : this.#headers(count);
    if (this.#at > end) throw new RangeError('a record is longer than it says');
    this.#at = end;
    return {
      magicByte: this.#head.magicByte,
      attributes,
      timestamp: this.#appendedAt ?? this.#firstTimestamp + timestampDelta,
      offset: this.#firstOffset + offsetDelta,
      key,
      value,
      headers,
      isControlRecord: this.#head.isControlBatch,
      batchContext: this.#head,
    };
  }

  /** A name that comes again has all its values. */
  #headers(count: number): FetchedRecord['headers'] {
    if (count < 0) return noHeaders;
    const headers: Record<string, Buffer | null | (Buffer | null)[]> = {};
    for (let left = count; left > 0; left -= 1) {
      const name = (this.#sized() ?? Buffer.alloc(0)).toString('utf8');
      const value = this.#sized();
      const before = headers[name];
      if (before === undefined) headers[name] = value;
      else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    return headers;
  }

  /** Bytes behind their length; null = none. */
  #sized(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const from = this.#at;
    this.#at = from + length;
    if (this.#at > this.#bytes.length) throw new RangeError('a field ends too late');
    return this.#bytes.subarray(from, this.#at);
  }

  /** Most are one byte long. */
  #varint(): number {
    const first = this.#bytes[this.#at] as number;
    if (!(first < 0x80)) return this.#longVarint();
    this.#at += 1;
    return (first >> 1) ^ -(first & 1);
  }

  #longVarint(): number {
    const from = this.#at;
    const end = zigzagEnd(this.#bytes, from);
    if (end < 0) throw new RangeError('a number has no end, or is too great');
    this.#at = end;
    return zigzagOf(this.#bytes, from, end);
  }
}
