const sizeBytes = 4;

/** Cuts a stream into Kafka's frames, a 4-byte big-endian size before each; the size stays part of the frame. */
export class FrameSplitter {
  #held: Buffer[] = [];
  #bytes = 0;

  /** Whole frames, as far as they are complete. */
  push(bytes: Buffer): Buffer[] {
    this.#held.push(bytes);
    this.#bytes += bytes.length;
    const frames: Buffer[] = [];
    for (let size = this.#nextSize(); size !== undefined; size = this.#nextSize()) {
      const joined = Buffer.concat(this.#held);
      frames.push(joined.subarray(0, size));
      this.#held = [joined.subarray(size)];
      this.#bytes -= size;
    }
    return frames;
  }

  /** Length of the first frame, once all of it is here. */
  #nextSize(): number | undefined {
    if (this.#bytes < sizeBytes) return undefined;
    let [first = Buffer.alloc(0)] = this.#held;
    if (first.length < sizeBytes) {
      first = Buffer.concat(this.#held);
      this.#held = [first];
    }
    const size = sizeBytes + first.readInt32BE(0);
    return this.#bytes >= size ? size : undefined;
  }
}
