/** A ping unanswered for this long means that nothing before it was read either. */
const unreadMsMax = 10_000;
/** After the last one; with the deadline above, who reads nothing is gone within 15 s. */
const pingEveryMs = 4_000;
/** So much later one is sent alone, when no frame came that could take it along. */
const pingAloneMs = 500;

/**
 * Whether the other end still reads. Bytes accepted by the kernel prove nothing, so it is pinged; a ping that leaves together with a
 * frame costs no write of its own. Times are of the caller's stopwatch, ms.
 */
export class ReadProof {
  #lastPingAt: number;
  #isAnswered = true;

  constructor(now: number) {
    this.#lastPingAt = now;
  }

  /** Should a frame that leaves now take a ping along? If so, the ping counts as sent. */
  takesPing(now: number): boolean {
    if (!this.#isAnswered || now - this.#lastPingAt < pingEveryMs) return false;
    this.#isAnswered = false;
    this.#lastPingAt = now;
    return true;
  }

  answered(): void {
    this.#isAnswered = true;
  }

  /** A ping that waits for its answer waits anew from `now`. */
  forgive(now: number): void {
    if (!this.#isAnswered) this.#lastPingAt = now;
  }

  /** Sends a ping alone when none could go with a frame for a while. @returns false when the last one was not answered in time */
  check(now: number, pingAlone: () => void): boolean {
    if (!this.#isAnswered) return now - this.#lastPingAt < unreadMsMax;
    if (now - this.#lastPingAt >= pingEveryMs + pingAloneMs && this.takesPing(now)) pingAlone();
    return true;
  }
}
