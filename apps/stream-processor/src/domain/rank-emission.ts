import type { WindowName } from '@trending/schemas';

/** Least time between two boards of a window under load, ms. */
export const emissionSpacingMs: Readonly<Record<WindowName, number>> = {
  '5m': 100,
  '1h': 250,
  '6h': 1_000,
  '24h': 2_000,
};
/** Least spacing of boards of a chain or category, ms. */
export const scopeSpacingMs = 500;
/** At most a quarter of the time goes into scoring, however slow the machine. */
const busyShare = 4;
/** However long the last emission took: a process that was suspended is not busy for ever after. */
const busyWaitMsMax = 10_000;

/** How busy the process was lately, ms. */
export interface Load {
  /** How late timers fire. */
  readonly lagMs: number;
  /** How long the last emission took. */
  readonly costMs: number;
}

/**
 * Leading edge, then spaced: after a quiet time a change goes out at once; a change during the spacing waits for its end.
 * One slot has one spacing; who asks brings the time.
 */
export class EmissionSlot {
  readonly #spacingMs: number;
  #isDirty = false;
  #openAt = Number.NEGATIVE_INFINITY;

  constructor(spacingMs: number) {
    this.#spacingMs = spacingMs;
  }

  /** Something changed that the last emission did not have. */
  touch(): void {
    this.#isDirty = true;
  }

  /** When the next emission is due; Infinity while nothing changed. */
  dueAt(): number {
    return this.#isDirty ? this.#openAt : Number.POSITIVE_INFINITY;
  }

  /** An emission takes what there is now; what changes from here on belongs to the next one, even while this one is on its way. */
  taken(): void {
    this.#isDirty = false;
  }

  /** The emission that began at `now` is over: the slot stays shut for its spacing, longer when the process is busy. */
  emitted(now: number, { lagMs, costMs }: Load): void {
    const busyMs = Math.max(this.#spacingMs, costMs * busyShare) + 2 * lagMs;
    this.#openAt = now + Math.max(this.#spacingMs, Math.min(busyMs, busyWaitMsMax));
  }
}
