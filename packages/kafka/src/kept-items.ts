import { zigzagEnd, zigzagOf } from '@trending/schemas';
import type avro from 'avsc';
import { headerBytes, writeHeader } from './wire-format.ts';

/** A record's last field: a list of which most items stay the same from one value of a stream to the next. */
export interface KeptItemsOptions {
  /** Which values follow each other. */
  streamOf(head: unknown): string;
  /** Items come in ascending order of it, by code units. Where they do not, less is kept. */
  keyOf(item: unknown): string;
}

/** The types of the field's items and of the record without it. */
export interface KeptItemsTypes {
  readonly field: string;
  readonly head: avro.Type;
  readonly item: avro.Type;
}

/** A list and its bytes: item i is in `[ends[i - 1], ends[i])`, the first from `start` on. */
interface Kept {
  readonly frame: Buffer;
  readonly items: readonly unknown[];
  readonly start: number;
  readonly ends: Uint32Array;
}

const slabBytesInitial = 64 * 1024;
/** Room for the number of items, and for the end of the list. */
const countBytesMax = 10;
/** Streams that are remembered; the one that came first is forgotten first. */
const streamsMax = 4_096;
const nothing: Kept = {
  frame: Buffer.alloc(0),
  items: [],
  start: 0,
  ends: new Uint32Array(0),
};

/**
 * Writes and reads what any Avro codec would, but items that are the same objects as in the value before are copied as bytes, and items of
 * the same bytes are read as the same objects. Lists and their bytes must not be changed.
 */
export class KeptItems {
  readonly #types: KeptItemsTypes;
  readonly #options: KeptItemsOptions;
  readonly #written = new Map<string, Kept>();
  readonly #read = new Map<string, Kept>();
  #slab = Buffer.allocUnsafe(slabBytesInitial);

  constructor(types: KeptItemsTypes, options: KeptItemsOptions) {
    this.#types = types;
    this.#options = options;
  }

  /** Header and Avro body, in a buffer of its own. @throws Error when the value does not fit the schema */
  encode(value: Readonly<Record<string, unknown>>, schemaId: number): Buffer {
    const items = value[this.#types.field] as readonly unknown[];
    const stream = this.#options.streamOf(value);
    const before = this.#written.get(stream) ?? nothing;
    let at = this.#put(this.#types.head, value, headerBytes);
    this.#reserve(at + countBytesMax);
    if (items.length > 0) at = writeZigzag(this.#slab, at, items.length);
    const start = at;
    const ends = new Uint32Array(items.length);
    const follow = new Follower(before, this.#options);
    for (const [index, item] of items.entries()) {
      const same = follow.indexOf(item);
      at = same < 0 ? this.#put(this.#types.item, item, at) : this.#copy(before, same, at);
      ends[index] = at;
    }
    this.#reserve(at + 1);
    this.#slab[at] = 0;
    const frame = Buffer.from(this.#slab.subarray(0, at + 1));
    writeHeader(frame, schemaId);
    remember(this.#written, stream, { frame, items, start, ends });
    return frame;
  }

  /** The value of a frame with our own schema; undefined where it is not written as {@link encode} does: ask a reader for any. */
  decode(bytes: Buffer): unknown {
    const head = this.#types.head.decode(bytes, headerBytes);
    if (head.offset < 0) return undefined;
    const stream = this.#options.streamOf(head.value);
    const count = readZigzag(bytes, head.offset);
    const isEmpty = count.value === 0;
    const list = isEmpty
      ? { ...nothing, end: head.offset }
      : this.#items(bytes, count, this.#read.get(stream) ?? nothing);
    if (list === undefined || list.end + 1 !== bytes.length || bytes[list.end] !== 0)
      return undefined;
    // What was read may be part of a larger answer, which must not be held for it.
    const { items, start, ends } = list;
    remember(this.#read, stream, { frame: Buffer.from(bytes), items, start, ends });
    return { ...head.value, [this.#types.field]: items };
  }

  #items(bytes: Buffer, { value: length, end: start }: Zigzag, before: Kept) {
    if (length < 0 || length > bytes.length) return undefined;
    const items: unknown[] = [];
    const ends = new Uint32Array(length);
    const follow = new Follower(before, this.#options);
    let at = start;
    for (let index = 0; index < length; index += 1) {
      const known = follow.next(bytes, at);
      const read = known ?? this.#readItem(bytes, at, follow);
      if (read === undefined) return undefined;
      items.push(read.item);
      at = read.end;
      ends[index] = at;
    }
    return { items, start, ends, end: at };
  }

  #readItem(bytes: Buffer, at: number, follow: Follower): ReadItem | undefined {
    const { value, offset } = this.#types.item.decode(bytes, at);
    if (offset < 0) return undefined;
    follow.seek(this.#options.keyOf(value));
    return follow.next(bytes, at) ?? { item: value, end: offset };
  }

  /** @returns where it ends */
  #put(type: avro.Type, value: unknown, at: number): number {
    const end = type.encode(value, this.#slab, at);
    if (end >= 0) return end;
    // avsc answers the negative number of missing bytes.
    this.#reserve(this.#slab.length - end);
    return type.encode(value, this.#slab, at);
  }

  #copy({ frame, start, ends }: Kept, index: number, at: number): number {
    const from = index === 0 ? start : (ends[index - 1] as number);
    const to = ends[index] as number;
    this.#reserve(at + to - from);
    frame.copy(this.#slab, at, from, to);
    return at + to - from;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#slab.length) return;
    const slab = Buffer.allocUnsafe(2 * bytes);
    this.#slab.copy(slab);
    this.#slab = slab;
  }
}

interface ReadItem {
  readonly item: unknown;
  readonly end: number;
}

/** Goes through the items of the value before, beside those of the present one. */
class Follower {
  readonly #before: Kept;
  readonly #keyOf: (item: unknown) => string;
  #index = 0;

  constructor(before: Kept, { keyOf }: KeptItemsOptions) {
    this.#before = before;
    this.#keyOf = keyOf;
  }

  /** Where the same object stood; −1 when it was not there. */
  indexOf(item: unknown): number {
    const { items } = this.#before;
    if (items[this.#index] !== item) this.seek(this.#keyOf(item));
    if (this.#index >= items.length || items[this.#index] !== item) return -1;
    this.#index += 1;
    return this.#index - 1;
  }

  /** Passes over items of lower keys. */
  seek(key: string): void {
    const { items } = this.#before;
    while (this.#index < items.length && this.#keyOf(items[this.#index]) < key) this.#index += 1;
  }

  /** The next item of before, when its bytes stand at `at`. */
  next(bytes: Buffer, at: number): ReadItem | undefined {
    const { frame, items, start, ends } = this.#before;
    if (this.#index >= items.length) return undefined;
    const from = this.#index === 0 ? start : (ends[this.#index - 1] as number);
    const to = ends[this.#index] as number;
    const end = at + to - from;
    if (end > bytes.length || frame.compare(bytes, at, end, from, to) !== 0) return undefined;
    this.#index += 1;
    return { item: items[this.#index - 1], end };
  }
}

function remember(kept: Map<string, Kept>, stream: string, value: Kept): void {
  const first = kept.keys().next().value;
  if (!kept.has(stream) && kept.size >= streamsMax && first !== undefined) kept.delete(first);
  kept.set(stream, value);
}

/** @returns where it ends */
function writeZigzag(bytes: Buffer, at: number, count: number): number {
  let [rest, end] = [2 * count, at];
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) {
    bytes[end] = (rest % 128) + 0x80;
    end += 1;
  }
  bytes[end] = rest;
  return end + 1;
}

interface Zigzag {
  readonly value: number;
  readonly end: number;
}

/** −1 for what is none, or is below 0. */
function readZigzag(bytes: Buffer, at: number): Zigzag {
  const end = zigzagEnd(bytes, at);
  return { value: end < 0 ? -1 : zigzagOf(bytes, at, end), end };
}
