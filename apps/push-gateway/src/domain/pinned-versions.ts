import type { Position } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';

export interface PinSettings {
  readonly maxVersions: number;
  readonly keptMs: number;
}

interface Pin {
  readonly version: BoardVersion;
  readonly until: number;
}

/** Versions that a cursor was given for: kept a while, so that the pages of one reader never overlap. */
export class PinnedVersions {
  readonly #settings: PinSettings;
  /** In the order they expire. */
  readonly #pins = new Map<string, Pin>();

  constructor(settings: PinSettings = { maxVersions: 256, keptMs: 60_000 }) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#pins.size;
  }

  pin(version: BoardVersion, now: number): void {
    const { epoch, seq } = version.board;
    const id = idOf(version.key, { epoch, seq });
    this.#pins.delete(id);
    this.#pins.set(id, { version, until: now + this.#settings.keptMs });
    for (const [oldest, { until }] of this.#pins) {
      if (until > now && this.#pins.size <= this.#settings.maxVersions) return;
      this.#pins.delete(oldest);
    }
  }

  find(key: string, position: Position, now: number): BoardVersion | undefined {
    const pin = this.#pins.get(idOf(key, position));
    return pin !== undefined && pin.until > now ? pin.version : undefined;
  }
}

function idOf(key: string, { epoch, seq }: Position): string {
  return `${key}|${epoch}|${seq}`;
}
