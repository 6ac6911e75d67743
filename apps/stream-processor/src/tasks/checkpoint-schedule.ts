/**
 * A delta leaves when it is this long, about sixteen thousand views, or this old. Two answers are waited for meanwhile, of the sightings and then of the
 * delta, and each is heard between two slices of folding: there must be three in it, or folding would stand still.
 */
export const deltaBytes = 640 * 1024;
const deltaEveryMs = 10_000;
/** A base follows this much time with deltas, or this many bytes of them: they bound what a recovery reads. */
const baseEveryMs = 5 * 60_000;
const baseEveryBytes = 32 * 1024 * 1024;
/** Even an idle partition writes its base so often, long before retention reaches the last one. */
const idleBaseEveryMs = 24 * 3_600_000;
/** Bases that became due while nobody owned their partitions are written so far apart. */
const spreadMs = 2_000;

/** What is not in the log yet. */
export interface Unwritten {
  readonly rows: number;
  readonly bytes: number;
  /** No base of the partition is verified yet. */
  readonly isFirstBase: boolean;
}

/** The verified base that a partition's deltas stand on. */
export interface KnownBase {
  /** Offset of its first part. */
  readonly baseAt: number;
  /** Offset where a recovery from it begins to read, to know the recent views; -1 = at the log's start. */
  readonly recentAt: number;
  /** Timestamp of its record, ms. */
  readonly writtenAt: number;
  /** What a recovery reads behind it. */
  readonly bytesSince: number;
}

/** When the checkpoints of a partition are due. */
export class CheckpointSchedule {
  #bytesSinceBase: number;
  #basedAt: number;
  #flushedAt: number;
  readonly #spreadUntil: number;

  /**
   * Goes on from the base `known`, whoever wrote it: its age and what stands behind it bound the next recovery, not how long one owner
   * lives. Bases of many partitions should not fall on the same moment.
   */
  constructor(now: number, partition: number, known?: KnownBase) {
    const turn = partition % 8;
    this.#bytesSinceBase = known?.bytesSince ?? 0;
    this.#basedAt = known?.writtenAt ?? now - turn * (baseEveryMs / 16);
    this.#spreadUntil = now + turn * spreadMs;
    this.#flushedAt = now;
  }

  /** A base goes first: it brings along what a delta would hold, and where deltas are always due it would never have its turn. */
  due(now: number, unwritten: Unwritten): 'delta' | 'base' | 'nothing' {
    if (this.#isBaseDue(now, unwritten)) return 'base';
    return this.#isDeltaDue(now, unwritten) ? 'delta' : 'nothing';
  }

  /** A delta without rows only tells where the base is: it brings no base nearer. */
  wroteDelta(now: number, { rows, bytes }: Pick<Unwritten, 'rows' | 'bytes'>): void {
    this.#flushedAt = now;
    if (rows > 0) this.#bytesSinceBase += bytes;
  }

  wroteBase(now: number): void {
    this.#basedAt = now;
    this.#bytesSinceBase = 0;
  }

  #isDeltaDue(now: number, { rows, bytes }: Unwritten): boolean {
    return rows > 0 && (bytes >= deltaBytes || now - this.#flushedAt >= deltaEveryMs);
  }

  #isBaseDue(now: number, { isFirstBase }: Unwritten): boolean {
    if (isFirstBase || this.#bytesSinceBase >= baseEveryBytes) return true;
    if (now < this.#spreadUntil) return false;
    const age = now - this.#basedAt;
    return age >= (this.#bytesSinceBase === 0 ? idleBaseEveryMs : baseEveryMs);
  }
}
