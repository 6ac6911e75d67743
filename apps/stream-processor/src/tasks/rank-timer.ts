/** One timer that can be moved, and how late it fires: a measure of how busy the event loop is. */
export class RankTimer {
  readonly #fire: () => void;
  #handle: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  #lagMs = 0;

  constructor(fire: () => void) {
    this.#fire = fire;
  }

  /** Smoothed lateness, ms. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Fires `delayMs` from now, and not at any time set before. */
  set(delayMs: number): void {
    this.clear();
    this.#dueAt = performance.now() + delayMs;
    this.#handle = setTimeout(() => this.#fired(), delayMs);
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  #fired(): void {
    // A timer is a millisecond late by its nature.
    const late = Math.max(0, performance.now() - this.#dueAt - 1);
    this.#lagMs = (3 * this.#lagMs + late) / 4;
    this.#handle = undefined;
    this.#fire();
  }
}
