export interface ReplayMemorySettings {
  /** A nonce is remembered for at least this long, and at most twice as long, ms. */
  readonly keepMs: number;
  /** Nonces of one key in a generation. */
  readonly perKeyMax: number;
  /** Nonces of all keys in a generation. */
  readonly totalMax: number;
}

interface Generation {
  readonly byKey: Map<string, Set<string>>;
  size: number;
}

export type Recall = 'new' | 'replayed' | 'full';

/**
 * Nonces of accepted signatures, in two generations. When a generation is full nothing is forgotten early, because that would let
 * a replay through: further requests are refused until it ends. Only holders of a key can fill it, each its own part.
 */
export class ReplayMemory {
  readonly #settings: ReplayMemorySettings;
  #young: Generation = { byKey: new Map(), size: 0 };
  #old: Generation = { byKey: new Map(), size: 0 };
  #number = 0;

  constructor(settings: ReplayMemorySettings) {
    this.#settings = settings;
  }

  /** Remembers a nonce, unless it is known or there is no room. @param now ms */
  admit(key: string, nonce: string, now: number): Recall {
    this.#roll(now);
    if (this.#young.byKey.get(key)?.has(nonce) || this.#old.byKey.get(key)?.has(nonce))
      return 'replayed';
    const { perKeyMax, totalMax } = this.#settings;
    const own = this.#young.byKey.get(key) ?? new Set<string>();
    if (own.size >= perKeyMax || this.#young.size >= totalMax) return 'full';
    own.add(nonce);
    this.#young.byKey.set(key, own);
    this.#young.size += 1;
    return 'new';
  }

  /** Until room is made, ms. */
  waitMs(now: number): number {
    return this.#settings.keepMs - (now % this.#settings.keepMs);
  }

  /** A clock that steps back must not make it forget. */
  #roll(now: number): void {
    const number = Math.floor(now / this.#settings.keepMs);
    if (number <= this.#number) return;
    this.#old = number === this.#number + 1 ? this.#young : { byKey: new Map(), size: 0 };
    this.#young = { byKey: new Map(), size: 0 };
    this.#number = number;
  }
}
