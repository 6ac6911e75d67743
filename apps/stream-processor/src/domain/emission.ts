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

  /** When the set of the store's present `version` is due, ms; in the past = now. */
  dueAt(version: number): number {
    if (version !== this.#version) this.#slot.touch();
    return Math.min(this.#slot.dueAt(), this.#nextPaneAt);
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

/** `asOf` of an emission at `now`: the wall clock floored to the window's emission step, which divides its pane. */
export function emissionAsOf(level: WindowLevel, now: number): number {
  const stepMs = emissionSpacingMs[level.name];
  return Math.floor(now / stepMs) * stepMs;
}
