import { hash3 } from '../domain/hash.ts';
import { grown, grownLength, rowsAtFirst } from './columns.ts';
import { PlacedTokens } from './placed-tokens.ts';
import { SlotTable } from './slot-table.ts';

/** Words of a row: the viewer's hash, the numbers of its first token and of its last one, and since when. */
const word = { high: 0, low: 1, first: 2, last: 3, second: 4 } as const;
const width = 5;

/** What is known of one day's viewers: where each was seen first, and where last. Its tokens have numbers of its own. */
export class JourneyGeneration extends SlotTable {
  /** UTC day since 1970. */
  readonly day: number;
  readonly tokens = new PlacedTokens();
  #rows = new Uint32Array(rowsAtFirst);
  #end = 1;
  #high = 0;
  #low = 0;
  #foundSlot = 0;

  constructor(day: number) {
    super();
    this.day = day;
  }

  /** Viewers in memory. */
  size(): number {
    return this.#end - 1;
  }

  /** Row of a viewer, 0 = not known. */
  find(high: number, low: number): number {
    this.#high = high;
    this.#low = low;
    this.#foundSlot = this.probe(hash3(high, low, 0));
    return this.at(this.#foundSlot);
  }

  /** Enters the viewer that {@link find} has just looked for in vain, with the number of its first token; its last one is to be set. */
  add(first: number): number {
    const row = this.#end;
    this.#end += 1;
    const at = row * width;
    if (at + width > this.#rows.length)
      this.#rows = grown(this.#rows, width * grownLength(row, row + 1));
    this.#rows[at + word.high] = this.#high;
    this.#rows[at + word.low] = this.#low;
    this.#rows[at + word.first] = first;
    this.insert(this.#foundSlot, row);
    return row;
  }

  /** Number of the token that the viewer was seen at first. */
  firstOf(row: number): number {
    return this.#rows[row * width + word.first] as number;
  }

  /** Number of the token that the viewer was new to last. */
  lastOf(row: number): number {
    return this.#rows[row * width + word.last] as number;
  }

  /** Second since 1970 when it was seen there last. */
  lastSecondOf(row: number): number {
    return this.#rows[row * width + word.second] as number;
  }

  setLast(row: number, token: number, second: number): void {
    this.#rows[row * width + word.last] = token;
    this.#rows[row * width + word.second] = second;
  }

  protected override matches(row: number): boolean {
    const at = row * width;
    return this.#rows[at + word.low] === this.#low && this.#rows[at + word.high] === this.#high;
  }

  protected override hashOf(row: number): number {
    const at = row * width;
    return hash3(this.#rows[at + word.high] as number, this.#rows[at + word.low] as number, 0);
  }
}
