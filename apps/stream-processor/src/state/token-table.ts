import { hashText } from '../domain/hash.ts';
import {
  highWordIn,
  highWordOf,
  lowWordIn,
  type TokenHash,
  tokenHashFrom,
} from '../domain/token-hash.ts';
import { grown, grownLength, RowPool } from './columns.ts';
import { SlotTable } from './slot-table.ts';

/** Tokens as small numbers, given out again once a token has left. */
export class TokenTable extends SlotTable {
  readonly #names: (string | undefined)[] = [undefined];
  readonly #scopes: (readonly string[])[] = [[]];
  readonly #pool = new RowPool();
  #hashes = new Uint32Array(64);
  #highs = new Uint32Array(64);
  /** The last look-up: a view asks for its token several times. */
  #asked: string | undefined = '';
  #askedHash = hashText('');
  #askedSlot = -1;
  /** Sought without a name: see {@link idOfHash}. */
  #askedHigh = 0;

  size(): number {
    return this.keys;
  }

  /** Makes room for so many tokens at once. */
  reserve(tokens: number): void {
    if (tokens >= this.#hashes.length) this.#grow(tokens + 1);
    this.reserveKeys(tokens);
    this.#askedSlot = -1;
  }

  /** One past the highest id ever given out. */
  end(): number {
    return this.#pool.end();
  }

  /** Id of a token in memory, else 0. */
  idOf(token: string): number {
    return this.at(this.#slotOf(token));
  }

  /** Id of the token in memory with this hash, else 0. */
  idOfHash(hash: TokenHash): number {
    this.#asked = undefined;
    this.#askedSlot = -1;
    this.#askedHigh = highWordIn(hash);
    this.#askedHash = lowWordIn(hash);
    return this.at(this.probe(this.#askedHash));
  }

  /** The lower word of its hash, whether it is in memory or not. */
  hashOfName(token: string): number {
    this.#slotOf(token);
    return this.#askedHash;
  }

  /** @throws RangeError when the token is in memory already. */
  add(token: string, scopes: readonly string[]): number {
    const slot = this.#slotOf(token);
    if (this.at(slot) !== 0) throw new RangeError(`${token} is entered twice`);
    const id = this.#pool.take();
    if (id >= this.#hashes.length) this.#grow(grownLength(id, id + 1));
    this.#names[id] = token;
    this.#scopes[id] = scopes;
    this.#hashes[id] = this.#askedHash;
    this.#highs[id] = highWordOf(token);
    this.insert(slot, id);
    this.#askedSlot = -1;
    return id;
  }

  remove(id: number): void {
    this.removeAt(this.probeReference(this.hashOf(id), id));
    this.#askedSlot = -1;
    this.#names[id] = undefined;
    this.#scopes[id] = [];
    this.#pool.give(id);
  }

  nameOf(id: number): string {
    return this.#names[id] ?? '';
  }

  override hashOf(id: number): number {
    return this.#hashes[id] as number;
  }

  tokenHashOf(id: number): TokenHash {
    return tokenHashFrom(this.#highs[id] as number, this.hashOf(id));
  }

  scopesOf(id: number): readonly string[] {
    return this.#scopes[id] as readonly string[];
  }

  setScopes(id: number, scopes: readonly string[]): void {
    this.#scopes[id] = scopes;
  }

  protected override matches(id: number): boolean {
    if (this.#hashes[id] !== this.#askedHash) return false;
    return this.#asked === undefined
      ? this.#highs[id] === this.#askedHigh
      : this.#names[id] === this.#asked;
  }

  #slotOf(token: string): number {
    if (this.#askedSlot !== -1 && token === this.#asked) return this.#askedSlot;
    if (token !== this.#asked) this.#askedHash = hashText(token);
    this.#asked = token;
    this.#askedSlot = this.probe(this.#askedHash);
    return this.#askedSlot;
  }

  #grow(length: number): void {
    this.#hashes = grown(this.#hashes, length);
    this.#highs = grown(this.#highs, length);
  }
}
