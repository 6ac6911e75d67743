/** A ping unanswered for this long means that nothing before it was read either. */
const unreadMsMax = 9_000;
/** From one to the next. With the deadline above, the wait for a frame and for the patrol, who reads nothing is gone after 14 s, and within 15 s of a busy process. */
const pingEveryMs = 4_000;
/** So much later one is sent alone, when no frame came that could take it along. */
const pingAloneMs = 500;
/** Multiples of it, modulo one, stay evenly spread however many there are: the golden ratio. */
const spread = 0.618_033_988_749_895;

/**
 * Deals out the moments of pings, so that connections are not all pinged with one and the same frame: ten thousand answers at once
 * hold up the frames behind them for longer than a broadcast takes.
 */
export class PingTurns {
  #dealt = 0;

  /** How much earlier than others the next connection is pinged, ms; 0 for the first one. */
  next(): number {
    const turn = (this.#dealt * spread) % 1;
    this.#dealt += 1;
    return Math.floor(turn * pingEveryMs);
  }
}

/**
 * Whether the other end still reads. Bytes accepted by the kernel prove nothing, so it is pinged; a ping that leaves together with a
 * frame costs no write of its own. Pings keep to a beat of the connection's own: one that was late puts off none of the later ones,
 * and what a pause of the process brought together parts again. Times are of the caller's stopwatch, ms.
 */
export class ReadProof {
  #dueAt: number;
  #pingedAt: number;
  #isAnswered = true;

  /** @param turnMs of {@link PingTurns} */
  constructor(now: number, turnMs: number) {
    this.#dueAt = now + pingEveryMs - turnMs;
    this.#pingedAt = now;
  }

  /** Should a frame that leaves now take a ping along? If so, the ping counts as sent. */
  takesPing(now: number): boolean {
    if (now < this.#dueAt || !this.#isAnswered) return false;
    this.#isAnswered = false;
    this.#pingedAt = now;
    this.#dueAt += pingEveryMs * (1 + Math.floor((now - this.#dueAt) / pingEveryMs));
    return true;
  }

  answered(): void {
    this.#isAnswered = true;
  }

  /** A ping that waits for its answer waits anew from `now`. */
  forgive(now: number): void {
    if (!this.#isAnswered) this.#pingedAt = now;
  }

  /** Sends a ping alone when none could go with a frame for a while. @returns false when the last one was not answered in time */
  check(now: number, pingAlone: () => void): boolean {
    if (!this.#isAnswered) return now - this.#pingedAt < unreadMsMax;
    if (now - this.#dueAt >= pingAloneMs && this.takesPing(now)) pingAlone();
    return true;
  }
}
