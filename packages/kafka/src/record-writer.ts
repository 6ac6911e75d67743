import type { ProducedRecord } from './record.ts';

const absent = -1;
/** A record's own bytes besides key, value and headers: at most eight varints of ten bytes. */
const overheadMax = 80;

/**
 * Writes records in the layout of record batch version 2 (https://kafka.apache.org/documentation/#record) into one growing
 * buffer that is used again for the next batch.
 */
export class RecordWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #end = 0;

  /** Forgets what was written, but keeps `headBytes` free at the front. */
  restart(headBytes: number): void {
    this.#end = headBytes;
  }

  /** What was written since `restart`, the free front included. Valid until the next one. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  write(record: ProducedRecord, offsetDelta: number, timestampDelta: number): void {
    const { key, value, headers } = record;
    const keyBytes = lengthOf(key);
    const valueBytes = lengthOf(value);
    const size =
      1 +
      varintBytes(timestampDelta) +
      varintBytes(offsetDelta) +
      varintBytes(keyBytes) +
      Math.max(0, keyBytes) +
      varintBytes(valueBytes) +
      Math.max(0, valueBytes) +
      headerBytes(headers);
    this.#reserve(size + overheadMax);
    this.#varint(size);
    // Attributes: none are defined.
    this.#bytes[this.#end++] = 0;
    this.#varint(timestampDelta);
    this.#varint(offsetDelta);
    this.#sized(key, keyBytes);
    this.#sized(value, valueBytes);
    this.#headers(headers);
  }

  #headers(headers: ProducedRecord['headers']): void {
    const names = headers === undefined ? [] : Object.keys(headers);
    this.#varint(names.length);
    for (const name of names) {
      const value = headers?.[name] ?? '';
      this.#sized(name, Buffer.byteLength(name));
      this.#sized(value, Buffer.byteLength(value));
    }
  }

  #sized(data: Uint8Array | string | null, bytes: number): void {
    this.#varint(bytes);
    if (data === null) return;
    if (typeof data === 'string') this.#bytes.write(data, this.#end, 'utf8');
    else this.#bytes.set(data, this.#end);
    this.#end += bytes;
  }

  /** Zigzag, then seven bits a byte, lowest first; whole numbers up to 2^52 in size. */
  #varint(value: number): void {
    let rest = zigzag(value);
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128))
      this.#bytes[this.#end++] = (rest % 128) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#end++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#end++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#end + bytes));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

function lengthOf(data: Uint8Array | string | null): number {
  if (data === null) return absent;
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length;
}

function headerBytes(headers: ProducedRecord['headers']): number {
  if (headers === undefined) return 1;
  const names = Object.keys(headers);
  let bytes = varintBytes(names.length);
  for (const name of names)
    for (const part of [name, headers[name] ?? '']) {
      const length = Buffer.byteLength(part);
      bytes += varintBytes(length) + length;
    }
  return bytes;
}
