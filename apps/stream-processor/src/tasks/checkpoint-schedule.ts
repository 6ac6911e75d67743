/** A delta leaves when it is this long, about ten thousand views, or this old. */
export const deltaBytes = 384 * 1024;
const deltaEveryMs = 10_000;
/** A base follows this much time with deltas, or this many bytes of them: they bound what a recovery reads. */
const baseEveryMs = 5 * 60_000;
const baseEveryBytes = 32 * 1024 * 1024;
/** Even an idle partition writes its base so often, long before retention reaches the last one. */
const idleBaseEveryMs = 24 * 3_600_000;

/** What is not in the log yet. */
export interface Unwritten {
  readonly rows: number;
  readonly bytes: number;
  /** No base of the partition is verified yet. */
  readonly isFirstBase: boolean;
}

/** When the checkpoints of a partition are due. */
export class CheckpointSchedule {
  #bytesSinceBase = 0;
  #basedAt: number;
  #flushedAt: number;

  /** Bases of many partitions should not fall on the same moment. */
  constructor(now: number, partition: number) {
    this.#basedAt = now - (partition % 8) * (baseEveryMs / 16);
    this.#flushedAt = now;
  }

  due(now: number, unwritten: Unwritten): 'delta' | 'base' | 'nothing' {
    if (this.#isDeltaDue(now, unwritten)) return 'delta';
    return this.#isBaseDue(now, unwritten) ? 'base' : 'nothing';
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
    const age = now - this.#basedAt;
    if (isFirstBase || age >= idleBaseEveryMs) return true;
    if (this.#bytesSinceBase === 0) return false;
    return this.#bytesSinceBase >= baseEveryBytes || age >= baseEveryMs;
  }
}
