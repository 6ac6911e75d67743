import { memoryMs } from '../domain/counting-rules.ts';

/** Where a delta stands in the checkpoint log, what it covers, and the log's time behind it. */
export interface AppliedDelta {
  readonly offset: number;
  readonly start: number;
  readonly end: number;
  readonly logTime: number;
}

/** The deltas that hold the views which a duplicate may still be compared with. */
export class RecentDeltas {
  #deltas: AppliedDelta[] = [];

  /** In the order of the log. Forgets those that are too old, but for one: it tells the log's time before the others. */
  add({ offset, start, end, logTime }: AppliedDelta): void {
    this.#deltas.push({ offset, start, end, logTime });
    const first = this.#deltas.findLastIndex((delta) => delta.logTime < logTime - memoryMs);
    if (first > 0) this.#deltas = this.#deltas.slice(first);
  }

  /** Offset of the oldest one needed; undefined when there is none. */
  get from(): number | undefined {
    return this.#deltas[0]?.offset;
  }
}
