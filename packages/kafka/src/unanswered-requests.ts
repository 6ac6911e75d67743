/**
 * What a broker that can answers at once: Produce, Fetch, ListOffsets, Metadata, OffsetCommit, OffsetFetch, FindCoordinator, Heartbeat, LeaveGroup,
 * DescribeGroups, ApiVersions, InitProducerId, DescribeConfigs. Whoever joins waits for other members, whoever creates topics for leaders.
 */
const promptKeys: ReadonlySet<number> = new Set([0, 1, 2, 3, 8, 9, 10, 12, 13, 15, 18, 22, 32]);
const sizeBytes = 4;
const keyEnd = sizeBytes + 2;

/**
 * The requests of one connection that have no answer yet. A broker answers them in their order, each with one frame: four bytes of size and
 * so many more (Kafka protocol guide). Counted, because bytes alone do not tell: after an answer that came just behind the next request
 * a connection looks as if nothing were asked. Holds an entry a request under way: where none is answered the connection ends within its limit.
 */
export class UnansweredRequests {
  /** Oldest first: whether its answer is due at once. */
  readonly #open: boolean[] = [];
  #size = 0;
  #sizeBytesRead = 0;
  /** Bytes of the present answer to come. */
  #left = 0;

  /** A request goes out, whole. */
  asked(request: Uint8Array | string): void {
    const isTyped = typeof request !== 'string' && request.length >= keyEnd;
    const key = isTyped
      ? Buffer.from(request.buffer, request.byteOffset).readInt16BE(sizeBytes)
      : -1;
    this.#open.push(promptKeys.has(key));
  }

  /** Bytes of answers came, however cut. */
  heard(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        at += taken;
      } else {
        this.#size = this.#size * 256 + (bytes[at] ?? 0);
        this.#sizeBytesRead += 1;
        at += 1;
        if (this.#sizeBytesRead < sizeBytes) continue;
        this.#left = this.#size;
        this.#size = 0;
        this.#sizeBytesRead = 0;
      }
      if (this.#left === 0) this.#open.shift();
    }
  }

  /** Is anything asked? */
  get isWaiting(): boolean {
    return this.#open.length > 0;
  }

  /** Is each of them answered at once by a broker that can? One that may take its time holds up those behind it. */
  get isDueAtOnce(): boolean {
    return this.#open.every((isPrompt) => isPrompt);
  }
}
