import { wordAt } from '../domain/hash.ts';

const lengthMin = 1_024;
/** Up to so many a loop is faster than a call into the engine. */
const shortBytes = 16;

/** Appends numbers and texts to a growing byte array. Numbers are whole and below 2^53. */
export class ByteWriter {
  #bytes = new Uint8Array(lengthMin);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Seven bits a byte, least significant first; the eighth says that more follow. @throws RangeError below 0 and from 2^53 on. */
  varint(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
      throw new RangeError(`${value} is no number that a checkpoint can hold`);
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A varint that may be negative: 0, −1, 1, −2, … as 0, 1, 2, 3, … */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** An unsigned 32-bit word, little-endian. */
  word(value: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    bytes[this.#length++] = value & 0xff;
    bytes[this.#length++] = (value >>> 8) & 0xff;
    bytes[this.#length++] = (value >>> 16) & 0xff;
    bytes[this.#length++] = value >>> 24;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    const target = this.#bytes;
    if (bytes.length > shortBytes) target.set(bytes, this.#length);
    else for (let i = 0; i < bytes.length; i += 1) target[this.#length + i] = bytes[i] as number;
    this.#length += bytes.length;
  }

  /** Length and UTF-16 code units below 256, one byte each: canonical tokens are ASCII. */
  text(text: string): void {
    this.varint(text.length);
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i += 1) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** What was written, as a copy. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what {@link ByteWriter} wrote, in the same order. @throws RangeError behind the end. */
export class ByteReader {
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.#at];
    if (value === undefined) throw new RangeError(`nothing left at byte ${this.#at}`);
    this.#at += 1;
    return value;
  }

  /** @throws RangeError also from 2^53 on. */
  varint(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#longVarint(first - 0x80);
  }

  #longVarint(start: number): number {
    let value = start;
    for (let scale = 128; scale <= 2 ** 49; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw new RangeError(`no number that a checkpoint can hold ends at byte ${this.#at}`);
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  word(): number {
    return wordAt(this.bytes, this.skip(4));
  }

  text(): string {
    const length = this.varint();
    const at = this.skip(length);
    return this.bytes.toString('latin1', at, at + length);
  }

  /** Goes `length` bytes on; returns where they begin. */
  skip(length: number): number {
    const at = this.#at;
    if (at + length > this.bytes.length) throw new RangeError(`nothing left at byte ${at}`);
    this.#at = at + length;
    return at;
  }
}
