import { StringCache } from './string-cache.ts';
import { headerBytes } from './wire-format.ts';

/** Layout of the record that {@link foldedViewReader} knows, and of its fields those it reads, `*`. */
const layout =
  'eventId*:fixed16 chain*:string token*:string viewer*:fixed8 network*:fixed8 viewedAt*:long receivedAt*:long source:string ' +
  'partnerId:null|string country:null|string device:null|string dwellMs:null|int weightMicro*:int flags*:int';

/** Reads a whole frame, or answers undefined when anything about it is out of the ordinary. */
export type DirectReader = (frame: Buffer) => object | undefined;

interface Field {
  readonly name: string;
  readonly type: unknown;
}

/**
 * A reader by hand for the views that counting reads by the hundred thousand: a third of the time of the general one. Only for bytes
 * written with the very schema it knows; undefined for any other schema or choice of fields, and for each frame that the
 * general decoder should look at, which then says what is wrong with it.
 */
export function foldedViewReader(
  schema: readonly Field[],
  wanted: readonly string[],
): DirectReader | undefined {
  const given = schema.map(
    ({ name, type }) => `${name}${wanted.includes(name) ? '*' : ''}:${typeText(type)}`,
  );
  if (given.join(' ') !== layout) return undefined;
  const cursor = new Cursor();
  return (frame) => readView(cursor, frame);
}

function readView(cursor: Cursor, frame: Buffer): object | undefined {
  cursor.start(frame);
  const view = {
    eventId: cursor.fixed(16),
    chain: cursor.string(),
    token: cursor.string(),
    viewer: cursor.fixed(8),
    network: cursor.fixed(8),
    viewedAt: cursor.long(),
    receivedAt: cursor.long(),
    weightMicro: 0,
    flags: 0,
  };
  cursor.skipString();
  for (let i = 0; i < 3; i += 1) if (cursor.isPresent()) cursor.skipString();
  if (cursor.isPresent()) cursor.int();
  view.weightMicro = cursor.int();
  view.flags = cursor.int();
  return cursor.isAtEnd() ? view : undefined;
}

function typeText(type: unknown): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(typeText).join('|');
  const { type: name, size } = type as { readonly type?: unknown; readonly size?: unknown };
  return name === 'fixed' ? `fixed${String(size)}` : JSON.stringify(type);
}

/** Avro primitives of one frame, one after the other. A frame that breaks a rule of Avro ends up anywhere but at its end. */
class Cursor {
  readonly #strings = new StringCache();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #isOdd = false;

  start(frame: Buffer): void {
    this.#bytes = frame;
    this.#at = headerBytes;
    this.#isOdd = false;
  }

  isAtEnd(): boolean {
    return !this.#isOdd && this.#at === this.#bytes.length;
  }

  /** Shares the frame's memory. */
  fixed(size: number): Buffer {
    const from = this.#at;
    this.#at += size;
    return this.#bytes.subarray(from, this.#at);
  }

  string(): string {
    const length = this.#length();
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) return '';
    return this.#strings.read(this.#bytes, from, this.#at);
  }

  skipString(): void {
    const length = this.#length();
    this.#at += length;
  }

  /** Branch of a union of null and something. */
  isPresent(): boolean {
    const branch = this.long();
    if (branch !== 0 && branch !== 1) this.#isOdd = true;
    return branch === 1;
  }

  int(): number {
    const value = this.long();
    if ((value | 0) !== value) this.#isOdd = true;
    return value;
  }

  /** Zigzag varint of at most seven bytes: all that a time in ms needs, and surely a safe integer. */
  long(): number {
    let value = this.#byte();
    if (value < 0x80) return (value >>> 1) ^ -(value & 1);
    value &= 0x7f;
    for (let scale = 0x80; scale < 2 ** 49; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    this.#isOdd = true;
    return 0;
  }

  #length(): number {
    const length = this.long();
    if (length >= 0) return length;
    this.#isOdd = true;
    return 0;
  }

  #byte(): number {
    const at = this.#at;
    this.#at = at + 1;
    return at < this.#bytes.length ? (this.#bytes[at] as number) : 0;
  }
}
