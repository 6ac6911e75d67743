import { hash3 } from '../domain/hash.ts';
import { aDayLater, type JourneyBits } from '../domain/journey.ts';
import { grown, grownLength, rowsAtFirst } from './columns.ts';
import { SlotTable } from './slot-table.ts';

/** A viewer of a token, whether the token is in memory or not. */
export interface ViewerPair {
  /** The lower word of the hash of its name, see `token-hash.ts`. */
  tokenHash: number;
  viewerHigh: number;
  viewerLow: number;
}

/** About 100 MB: far more than people need; ids that are made up by the million, and given up for others at once, do. */
const looseMaxByDefault = 4_000_000;

const word = { token: 0, viewerHigh: 1, viewerLow: 2, bits: 3 } as const;
const width = 4;

/**
 * Facts of viewers who have no row: it was given up for others, has left the longest window, or their view is not counted yet. Whatever
 * is entered stays until its days are over, so that a row that comes back finds it. Beyond `max` viewers of whom nothing is known yet are refused:
 * no view is counted otherwise, but what is told of such a token then depends on the order of facts and views.
 */
export class LooseJourneys extends SlotTable {
  #rows = new Uint32Array(width * rowsAtFirst);
  readonly #max: number;
  #end = 1;
  /** Facts for which there was no room, of all days. */
  refused = 0;
  #sought: Readonly<ViewerPair> = { tokenHash: 0, viewerHigh: 0, viewerLow: 0 };

  constructor(max = looseMaxByDefault) {
    super();
    this.#max = max;
  }

  size(): number {
    return this.keys;
  }

  bitsOf(pair: Readonly<ViewerPair>): JourneyBits {
    if (this.#end === 1) return 0;
    const row = this.at(this.#slotOf(pair));
    return row === 0 ? 0 : this.#word(row, word.bits);
  }

  add(pair: Readonly<ViewerPair>, bits: JourneyBits): void {
    if (bits === 0) return;
    const slot = this.#slotOf(pair);
    const known = this.at(slot);
    if (known !== 0) this.#rows[known * width + word.bits] = this.#word(known, word.bits) | bits;
    else if (this.keys < this.#max) this.insert(slot, this.#append(pair, bits));
    else this.refused += 1;
  }

  /** What is left of it when a day comes. */
  aDayLater(): LooseJourneys {
    const left = new LooseJourneys(this.#max);
    left.refused = this.refused;
    for (const { bits, ...pair } of this.all()) left.add(pair, aDayLater(bits));
    return left;
  }

  *all(): Generator<ViewerPair & { readonly bits: JourneyBits }> {
    for (let row = 1; row < this.#end; row += 1)
      yield {
        tokenHash: this.#word(row, word.token),
        viewerHigh: this.#word(row, word.viewerHigh),
        viewerLow: this.#word(row, word.viewerLow),
        bits: this.#word(row, word.bits),
      };
  }

  protected override matches(row: number): boolean {
    const { tokenHash, viewerHigh, viewerLow } = this.#sought;
    return (
      this.#word(row, word.viewerLow) === viewerLow &&
      this.#word(row, word.viewerHigh) === viewerHigh &&
      this.#word(row, word.token) === tokenHash
    );
  }

  protected override hashOf(row: number): number {
    return hash3(
      this.#word(row, word.token),
      this.#word(row, word.viewerHigh),
      this.#word(row, word.viewerLow),
    );
  }

  #append({ tokenHash, viewerHigh, viewerLow }: Readonly<ViewerPair>, bits: JourneyBits): number {
    const row = this.#end;
    this.#end += 1;
    const needed = width * this.#end;
    if (needed > this.#rows.length)
      this.#rows = grown(this.#rows, grownLength(this.#rows.length, needed));
    this.#rows.set([tokenHash, viewerHigh, viewerLow, bits], row * width);
    return row;
  }

  #slotOf(pair: Readonly<ViewerPair>): number {
    this.#sought = pair;
    return this.probe(hash3(pair.tokenHash, pair.viewerHigh, pair.viewerLow));
  }

  #word(row: number, index: number): number {
    return this.#rows[row * width + index] as number;
  }
}
