import type { ServerFrame } from '@trending/schemas';

/** A frame that is turned into text once, and into each transport's packet once, however many clients get it. */
export class OutgoingFrame<T extends ServerFrame = ServerFrame> {
  readonly frame: T;
  readonly #encodings = new Map<string, unknown>();
  #text: string | undefined;

  constructor(frame: T) {
    this.frame = frame;
  }

  /** JSON. */
  get text(): string {
    this.#text ??= JSON.stringify(this.frame);
    return this.#text;
  }

  /** The packet of one transport, made by `encode` at the first call. */
  encoded<E>(transport: string, encode: (frame: OutgoingFrame) => E): E {
    const held = this.#encodings.get(transport);
    if (held !== undefined) return held as E;
    const made = encode(this);
    this.#encodings.set(transport, made);
    return made;
  }
}
