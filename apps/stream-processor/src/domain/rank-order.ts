import type { Candidate } from '@trending/schemas';

/** A candidate with its one score of a formula and window. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly scoreMicro: number;
}

/** The total order of boards: score, then effective visitors, both descending; then token ascending by code units. */
export function compareRanked(a: Ranked, b: Ranked): number {
  if (a.scoreMicro !== b.scoreMicro) return b.scoreMicro - a.scoreMicro;
  const [left, right] = [a.candidate, b.candidate];
  if (left.effective !== right.effective) return right.effective - left.effective;
  if (left.token === right.token) return 0;
  return left.token < right.token ? -1 : 1;
}

/** The best `max` of all that were offered, in the total order. Most offers to a full list cost one comparison. */
export class BestList {
  readonly #max: number;
  readonly #best: Ranked[] = [];
  /** Below this nothing enters any more. */
  #floorMicro = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  get best(): readonly Ranked[] {
    return this.#best;
  }

  offer(candidate: Candidate, scoreMicro: number): void {
    if (scoreMicro < this.#floorMicro) return;
    const entry = { candidate, scoreMicro };
    this.#best.splice(this.#placeOf(entry), 0, entry);
    if (this.#best.length > this.#max) this.#best.pop();
    if (this.#best.length === this.#max)
      this.#floorMicro = this.#best.at(-1)?.scoreMicro ?? this.#floorMicro;
  }

  #placeOf(entry: Ranked): number {
    let low = 0;
    let high = this.#best.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#best[middle];
      if (other !== undefined && compareRanked(other, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
