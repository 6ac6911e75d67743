/** A bounded number of places; who finds none may wait in line, and a place that is freed goes to the first in it. */
export class Room {
  readonly #places: number;
  #taken = 0;
  #line: ((hasPlace: boolean) => void)[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Takes a place if one is free. Nobody waits while one is, so this never overtakes the line. */
  tryEnter(): boolean {
    if (this.#taken >= this.#places) return false;
    this.#taken += 1;
    return true;
  }

  /** Resolves with true once a place was handed over, with false when the signal or {@link dismiss} ended the wait. */
  wait(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const go = (hasPlace: boolean) => {
        signal?.removeEventListener('abort', leaveLine);
        resolve(hasPlace);
      };
      const leaveLine = () => {
        this.#line = this.#line.filter((waiter) => waiter !== go);
        go(false);
      };
      signal?.addEventListener('abort', leaveLine);
      this.#line.push(go);
    });
  }

  leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#taken -= 1;
    else next(true);
  }

  /** Sends everybody in the line away. */
  dismiss(): void {
    for (const go of this.#line.splice(0)) go(false);
  }
}
