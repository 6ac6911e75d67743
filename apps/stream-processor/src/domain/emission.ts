import { EmissionSlot, emissionSpacingMs, type Load } from './rank-emission.ts';
import { paneIndexOf, type WindowLevel } from './window-level.ts';

/**
 * When a window's candidate set is due: at once when something changed after a quiet time, then spaced; and at every pane
 * boundary even when nothing changed, because the window moved and as a sign of life.
 */
export class WindowEmission {
  readonly #level: WindowLevel;
  readonly #slot: EmissionSlot;
  #version = -1;
  #nextPaneAt = Number.NEGATIVE_INFINITY;

  constructor(level: WindowLevel) {
    this.#level = level;
    this.#slot = new EmissionSlot(emissionSpacingMs[level.name]);
  }

  /** When the set of the store's present `version` is due, ms; in the past = now. What changed may leave `aheadMs` before its time. */
  dueAt(version: number, aheadMs = 0): number {
    if (version !== this.#version) this.#slot.touch();
    return Math.min(this.#slot.dueAt() - aheadMs, this.#nextPaneAt);
  }

  /** The set of `version` left at `now`. */
  emitted(version: number, now: number, load: Load): void {
    this.#version = version;
    this.#slot.taken();
    this.#slot.emitted(now, load);
    const { paneSizeMs } = this.#level;
    this.#nextPaneAt = (paneIndexOf(now, paneSizeMs) + 1) * paneSizeMs;
  }
}

/**
 * How much before their time partitions send what changed when another one sends, ms. So they keep in step: boards are made once for all
 * of them, of the newest of each, and not for each group of partitions at a time that suits none.
 */
export function inStepMs(level: WindowLevel): number {
  return emissionSpacingMs[level.name] / 2;
}

/** `asOf` of an emission at `now`: the wall clock floored to the window's emission step, which divides its pane. */
export function emissionAsOf(level: WindowLevel, now: number): number {
  const stepMs = emissionSpacingMs[level.name];
  return Math.floor(now / stepMs) * stepMs;
}
