import type { Position } from '@trending/schemas';

export interface RecentSettings {
  /** How long a version can be asked for once a newer one has replaced it. */
  readonly keptMs: number;
  /** Replaced versions of all boards together; 100 000 are those of 800 boards that change twice a second, and take some 20 MB. */
  readonly versionsMax: number;
}

interface Newest extends Position {
  readonly offset: number;
}

interface Replaced {
  readonly offset: number;
  readonly until: number;
}

/**
 * Where in the log the versions stand that a newer one replaced lately. A cursor names its version and may come to any gateway, so each
 * one must be able to go on with it; the boards themselves stay in the log, for a minute of them all would take gigabytes here.
 */
export class RecentVersions {
  readonly #settings: RecentSettings;
  readonly #newest = new Map<string, Newest>();
  /** In the order they expire. */
  readonly #replaced = new Map<string, Replaced>();

  constructor(settings: RecentSettings = { keptMs: 60_000, versionsMax: 100_000 }) {
    this.#settings = settings;
  }

  /** Replaced versions that are remembered. */
  get size(): number {
    return this.#replaced.size;
  }

  /** The board has a newer version, in the record at this offset. */
  note(key: string, newest: Newest, now: number): void {
    this.remove(key, now);
    this.#newest.set(key, newest);
  }

  /** The board is no longer published; whoever began to read it may go on. */
  remove(key: string, now: number): void {
    const last = this.#newest.get(key);
    if (last === undefined) return;
    this.#newest.delete(key);
    const { keptMs, versionsMax } = this.#settings;
    this.#replaced.set(idOf(key, last), { offset: last.offset, until: now + keptMs });
    for (const [oldest, { until }] of this.#replaced) {
      if (until > now && this.#replaced.size <= versionsMax) return;
      this.#replaced.delete(oldest);
    }
  }

  /** Where the record of this version is; undefined when it is not the newest one, nor was it lately. */
  offsetOf(key: string, position: Position, now: number): number | undefined {
    const newest = this.#newest.get(key);
    if (newest?.epoch === position.epoch && newest.seq === position.seq) return newest.offset;
    const replaced = this.#replaced.get(idOf(key, position));
    return replaced !== undefined && replaced.until > now ? replaced.offset : undefined;
  }

  /** Does the position come after all that was read of the board? Then another gateway is ahead of this one. */
  isAhead(key: string, position: Position): boolean {
    const newest = this.#newest.get(key);
    return newest !== undefined && isAfter(position, newest);
  }
}

function idOf(key: string, { epoch, seq }: Position): string {
  return `${key}|${epoch}|${seq}`;
}

function isAfter(a: Position, b: Position): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}
