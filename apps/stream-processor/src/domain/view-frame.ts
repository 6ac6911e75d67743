import { zigzagEnd, zigzagOf } from '@trending/schemas';
import type { FoldedView } from './folded-view.ts';
import { TextCache } from './text-cache.ts';

/** What {@link ViewFrames} reads, in the order of the bytes: the fields of the views topic's own schema. */
export const frameLayout: readonly string[] = [
  'eventId: fixed 16',
  'chain: string',
  'token: string',
  'viewer: fixed 8',
  'network: fixed 8',
  'viewedAt: long',
  'receivedAt: long',
  'source: string',
  'partnerId: string or null',
  'country: string or null',
  'device: string or null',
  'dwellMs: int or null',
  'weightMicro: int',
  'flags: int',
];

/** Magic byte and schema id before the body. */
const headerBytes = 5;
const intMax = 2 ** 31 - 1;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the folded fields of views from their Avro bytes (https://avro.apache.org/docs/1.12.0/specification/#binary-encoding), several
 * times as fast as a reader for any schema: nothing is made that lives longer than the next view.
 */
export class ViewFrames {
  readonly #texts = new TextCache();
  readonly #view: Mutable<FoldedView> = {
    eventId: new Uint8Array(16),
    chain: '',
    token: '',
    viewer: new Uint8Array(8),
    network: new Uint8Array(8),
    viewedAt: 0,
    receivedAt: 0,
    source: '',
    country: null,
    weightMicro: 0,
    flags: 0,
  };
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #isPlain = true;

  /**
   * The view in a frame; the next call writes over it. undefined when the frame is no view, or holds what is rare: bytes beyond ASCII,
   * numbers beyond 2^48. A reader for any schema tells which.
   */
  read(frame: Buffer): FoldedView | undefined {
    this.#bytes = frame;
    this.#at = headerBytes;
    this.#isPlain = true;
    const view = this.#view;
    this.#fixed(view.eventId);
    view.chain = this.#text();
    view.token = this.#text();
    this.#fixed(view.viewer);
    this.#fixed(view.network);
    view.viewedAt = this.#number();
    view.receivedAt = this.#number();
    view.source = this.#text();
    if (this.#isPresent()) this.#skipText();
    view.country = this.#isPresent() ? this.#text() : null;
    if (this.#isPresent()) this.#skipText();
    if (this.#isPresent()) this.#int();
    view.weightMicro = this.#int();
    view.flags = this.#int();
    return this.#isPlain && this.#at === frame.length ? view : undefined;
  }

  #fixed(target: Uint8Array): void {
    const from = this.#skip(target.length);
    if (!this.#isPlain) return;
    const bytes = this.#bytes;
    for (let i = 0; i < target.length; i += 1) target[i] = bytes[from + i] as number;
  }

  #text(): string {
    const length = this.#number();
    const from = this.#skip(length);
    const text = this.#isPlain ? this.#texts.textOf(this.#bytes, from, from + length) : '';
    if (text === undefined) this.#isPlain = false;
    return text ?? '';
  }

  #skipText(): void {
    this.#skip(this.#number());
  }

  /** Does a value follow, or null? The branches of a union are null, then the value. */
  #isPresent(): boolean {
    const branch = this.#number();
    if (branch !== 0 && branch !== 1) this.#isPlain = false;
    return branch === 1;
  }

  #int(): number {
    const value = this.#number();
    if (value > intMax || value < -intMax - 1) this.#isPlain = false;
    return value;
  }

  /** Most are one byte long. */
  #number(): number {
    if (this.#at >= this.#bytes.length) return this.#notPlain();
    const first = this.#bytes[this.#at] as number;
    if (first >= 0x80) return this.#longNumber();
    this.#at += 1;
    return (first >> 1) ^ -(first & 1);
  }

  #longNumber(): number {
    const from = this.#at;
    const end = zigzagEnd(this.#bytes, from);
    if (end < 0) return this.#notPlain();
    this.#at = end;
    return zigzagOf(this.#bytes, from, end);
  }

  /**
   * Goes on behind so many bytes; returns where they begin. Never leaves the frame: one read behind its end, or one place that is no small integer, makes V8
   * throw away the compiled reader, and mutated frames by the thousand would have it compiled as often.
   */
  #skip(length: number): number {
    const from = this.#at;
    if (length < 0 || length > this.#bytes.length - from) this.#isPlain = false;
    else this.#at = from + length;
    return from;
  }

  #notPlain(): number {
    this.#isPlain = false;
    return 0;
  }
}
