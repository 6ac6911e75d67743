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

/** The best `max` of all that were offered, in the total order. Most offers to a full list cost a comparison or two. */
export class BestList {
  readonly #max: number;
  readonly #best: Ranked[] = [];
  /** The last place of a full list. */
  #last: Ranked | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get best(): readonly Ranked[] {
    return this.#best;
  }

  /** May anybody with such a score, or less, and so many effective visitors still enter? */
  takes(scoreMicro: number, effective: number): boolean {
    const last = this.#last;
    if (last === undefined || scoreMicro > last.scoreMicro) return true;
    return scoreMicro === last.scoreMicro && effective >= last.candidate.effective;
  }

  offer(candidate: Candidate, scoreMicro: number): void {
    if (!this.takes(scoreMicro, candidate.effective)) return;
    const entry = { candidate, scoreMicro };
    this.#best.splice(this.#placeOf(entry), 0, entry);
    if (this.#best.length > this.#max) this.#best.pop();
    if (this.#best.length === this.#max) this.#last = this.#best.at(-1);
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
