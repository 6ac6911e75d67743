import { highWordIn, lowWordIn, type TokenHash, tokenHashFrom } from '../domain/token-hash.ts';
import { grown, grownLength, rowsAtFirst } from './columns.ts';
import { SlotTable } from './slot-table.ts';

/** Words of a row: the token's hash, and its partition of the views topic. */
const word = { high: 0, low: 1, partition: 2 } as const;
const width = 3;

/** Tokens by their hashes, each with the partition that counts it, under numbers that stay. */
export class PlacedTokens extends SlotTable {
  #rows = new Uint32Array(rowsAtFirst);
  #end = 1;
  #high = 0;
  #low = 0;

  /** Number of a token that was numbered, else 0. */
  numberOf(token: TokenHash): number {
    return this.at(this.#slotOf(token));
  }

  /** Number of a token, which is given one when it has none. */
  numbered(token: TokenHash, partition: number): number {
    const slot = this.#slotOf(token);
    const known = this.at(slot);
    if (known !== 0) return known;
    const number = this.#end;
    this.#end += 1;
    const at = number * width;
    if (at + width > this.#rows.length)
      this.#rows = grown(this.#rows, width * grownLength(number, number + 1));
    this.#rows[at + word.high] = this.#high;
    this.#rows[at + word.low] = this.#low;
    this.#rows[at + word.partition] = partition;
    this.insert(slot, number);
    return number;
  }

  tokenOf(number: number): TokenHash {
    const at = number * width;
    return tokenHashFrom(this.#rows[at + word.high] as number, this.hashOf(number));
  }

  partitionOf(number: number): number {
    return this.#rows[number * width + word.partition] as number;
  }

  protected override matches(number: number): boolean {
    return (
      this.hashOf(number) === this.#low && this.#rows[number * width + word.high] === this.#high
    );
  }

  protected override hashOf(number: number): number {
    return this.#rows[number * width + word.low] as number;
  }

  #slotOf(token: TokenHash): number {
    this.#high = highWordIn(token);
    this.#low = lowWordIn(token);
    return this.probe(this.#low);
  }
}
