/** The fewest requests that are let in, so that the service notices when it can take more. */
const shareMin = 0.02;

/**
 * Which share of the requests is let in, by how long requests wait. While the wait is above its target the share shrinks, the more
 * the further above; below half of it the share grows back. So what is let in is answered in about the target's time, and all
 * others at once, instead of everybody waiting for a queue that only grows.
 */
export class Admission {
  readonly #waitMaxMs: number;
  #share = 1;
  #credit = 0;
  #isLong = false;

  /** @param waitMaxMs target, ms; 0 = everything is let in */
  constructor(waitMaxMs: number) {
    this.#waitMaxMs = waitMaxMs;
  }

  /** From 0 to 1. */
  get share(): number {
    return this.#share;
  }

  /** Takes a wait that was measured, ms. One long wait alone, as after a pause, changes nothing. */
  adjust(waitMs: number): void {
    if (this.#waitMaxMs === 0) return;
    const wasLong = this.#isLong;
    this.#isLong = waitMs > this.#waitMaxMs;
    if (this.#isLong && wasLong) {
      const factor = Math.min(0.9, Math.max(0.5, this.#waitMaxMs / waitMs));
      this.#share = Math.max(shareMin, this.#share * factor);
    } else if (waitMs < this.#waitMaxMs / 2) {
      this.#share = Math.min(1, this.#share * 1.1 + 0.01);
    }
  }

  /** Is the next request let in? Spread evenly: at a share of a third it is every third. */
  admits(): boolean {
    if (this.#share === 1) return true;
    this.#credit += this.#share;
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}
