import { AppError, type Clock } from '@trending/runtime';
import type { Board, Position } from '@trending/schemas';
import type { BoardShelf } from '../domain/board-shelf.ts';
import type { BoardVersion } from '../domain/board-version.ts';
import { PinnedVersions } from '../domain/pinned-versions.ts';
import type { RecentVersions } from '../domain/recent-versions.ts';

export interface PastVersionsSettings {
  readonly clock: Clock;
  readonly shelf: BoardShelf;
  readonly recent: RecentVersions;
  /** The board in the log's record at this offset; undefined when there is none. */
  readonly boardAt: (offset: number) => Promise<Board | undefined>;
  readonly limits?: PastLimits;
}

export interface PastLimits {
  /** Records that are being read at once. */
  readonly readsMax: number;
  readonly deadlineMs: number;
}

const defaultLimits: PastLimits = { readsMax: 16, deadlineMs: 3_000 };

/** Versions that are no longer served but may still be read to their end: those just handed out are at hand, all others in the log. */
export class PastVersions {
  readonly #settings: PastVersionsSettings;
  readonly #limits: PastLimits;
  readonly #atHand = new PinnedVersions();
  readonly #reads = new Map<number, Promise<BoardVersion | undefined>>();

  constructor(settings: PastVersionsSettings) {
    this.#settings = settings;
    this.#limits = settings.limits ?? defaultLimits;
  }

  /** Its next page will be asked for: spares reading the log. */
  keep(version: BoardVersion): void {
    this.#atHand.pin(version, this.#settings.clock.now());
  }

  /** Undefined when the version was replaced too long ago. @throws AppError, retriable, when the log cannot be read or too many ask. */
  async find(key: string, position: Position): Promise<BoardVersion | undefined> {
    const { recent, clock } = this.#settings;
    const offset = recent.offsetOf(key, position, clock.now());
    if (offset === undefined) {
      if (recent.isAhead(key, position))
        throw busy('This gateway has not read that version of the board yet; try again.');
      return undefined;
    }
    const found = this.#atHand.find(key, position, clock.now());
    return found ?? this.#inTime(this.#reads.get(offset) ?? this.#read(key, offset));
  }

  #read(key: string, offset: number): Promise<BoardVersion | undefined> {
    if (this.#reads.size >= this.#limits.readsMax)
      throw busy('Too many earlier versions of boards are being read from the log; try again.');
    const reading = this.#load(key, offset).finally(() => this.#reads.delete(offset));
    this.#reads.set(offset, reading);
    return reading;
  }

  async #load(key: string, offset: number): Promise<BoardVersion | undefined> {
    const board = await this.#settings.boardAt(offset);
    const version = board && this.#settings.shelf.versionOf(board);
    if (version?.key !== key) return undefined;
    this.keep(version);
    return version;
  }

  async #inTime<T>(reading: Promise<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const message = 'The log did not give that version of the board in time; try again.';
    const timer = setTimeout(() => reject(busy(message)), this.#limits.deadlineMs);
    try {
      return await Promise.race([reading, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function busy(message: string): AppError {
  return new AppError({ code: 'BROKER_UNAVAILABLE', message, retriable: true });
}
