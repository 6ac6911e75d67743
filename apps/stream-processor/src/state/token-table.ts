import { hashText } from '../domain/hash.ts';
import { grown, grownLength, RowPool } from './columns.ts';

/** Tokens as small numbers, given out again once a token has left. */
export class TokenTable {
  readonly #ids = new Map<string, number>();
  readonly #names: (string | undefined)[] = [undefined];
  readonly #scopes: (readonly string[])[] = [[]];
  readonly #pool = new RowPool();
  #hashes = new Uint32Array(64);
  /** The last look-up: a view asks for its token several times. */
  #askedName = '';
  #askedId = 0;

  size(): number {
    return this.#ids.size;
  }

  /** One past the highest id ever given out. */
  end(): number {
    return this.#pool.end();
  }

  /** Id of a token in memory, else 0. */
  idOf(token: string): number {
    if (token !== this.#askedName || token === '') {
      this.#askedId = this.#ids.get(token) ?? 0;
      this.#askedName = token;
    }
    return this.#askedId;
  }

  add(token: string, scopes: readonly string[]): number {
    const id = this.#pool.take();
    if (id >= this.#hashes.length) this.#hashes = grown(this.#hashes, grownLength(id, id + 1));
    this.#ids.set(token, id);
    this.#askedName = '';
    this.#names[id] = token;
    this.#scopes[id] = scopes;
    this.#hashes[id] = hashText(token);
    return id;
  }

  remove(id: number): void {
    this.#ids.delete(this.nameOf(id));
    this.#askedName = '';
    this.#names[id] = undefined;
    this.#scopes[id] = [];
    this.#pool.give(id);
  }

  nameOf(id: number): string {
    return this.#names[id] ?? '';
  }

  hashOf(id: number): number {
    return this.#hashes[id] as number;
  }

  scopesOf(id: number): readonly string[] {
    return this.#scopes[id] as readonly string[];
  }

  setScopes(id: number, scopes: readonly string[]): void {
    this.#scopes[id] = scopes;
  }
}
