import type { WindowName } from '@trending/schemas';

/** Least time between two boards of a window under load, ms. */
export const emissionSpacingMs: Readonly<Record<WindowName, number>> = {
  '5m': 100,
  '1h': 250,
  '6h': 1_000,
  '24h': 2_000,
};
/** Least spacing of boards of a chain or category, ms. */
const scopeSpacingMs = 500;
/** One kind of emission takes at most a quarter of the time, however slow the machine. */
const busyShare = 4;
/** Four windows with a board of all tokens and four groups of others each: if all were due all the time, they would take half of it. */
export const partBusyShare = { all: 16, scopes: 64 } as const;
/** However long the last emission took: a process that was suspended is not busy for ever after. */
const busyWaitMsMax = 10_000;

/** How busy the process was lately, ms. */
export interface Load {
  /** How late timers fire. */
  readonly lagMs: number;
  /** How long the last emission kept the process from other work; waiting for the broker does not. */
  readonly costMs: number;
}

/**
 * Least time between two boards of a part, ms. What aggregates space already must not wait again here, only because their clocks and
 * ours are not in step: half of their spacing is enough to bound what many of them send.
 */
export function partSpacingMs(window: WindowName, part: 'all' | 'scopes'): number {
  const spacingMs = emissionSpacingMs[window] / 2;
  return part === 'all' ? spacingMs : Math.max(spacingMs, scopeSpacingMs);
}

/**
 * Leading edge, then spaced: after a quiet time a change goes out at once; a change during the spacing waits for its end.
 * One slot has one spacing; who asks brings the time.
 */
export class EmissionSlot {
  readonly #spacingMs: number;
  readonly #busyShare: number;
  /** Since when something waits. */
  #dirtyAt = Number.POSITIVE_INFINITY;
  #openAt = Number.NEGATIVE_INFINITY;

  /** An emission takes at most one part in `share` of the time. */
  constructor(spacingMs: number, share = busyShare) {
    this.#spacingMs = spacingMs;
    this.#busyShare = share;
  }

  /** Something changed at `now` that the last emission did not have. */
  touch(now = Number.NEGATIVE_INFINITY): void {
    this.#dirtyAt = Math.min(this.#dirtyAt, now);
  }

  /** Since when the next emission is due, or from when on; Infinity while nothing changed. */
  dueAt(): number {
    return Math.max(this.#dirtyAt, this.#openAt);
  }

  /** An emission takes what there is now; what changes from here on belongs to the next one, even while this one is on its way. */
  taken(): void {
    this.#dirtyAt = Number.POSITIVE_INFINITY;
  }

  /** The emission that began at `now` is over: the slot stays shut for its spacing, longer when the process is busy. */
  emitted(now: number, { lagMs, costMs }: Load): void {
    const busyMs = Math.max(this.#spacingMs, costMs * this.#busyShare) + 2 * lagMs;
    this.#openAt = now + Math.max(this.#spacingMs, Math.min(busyMs, busyWaitMsMax));
  }
}
