import type { Candidate } from '@trending/schemas';
import { byToken } from '../domain/token-order.ts';

/** A token that may be ranked in a window. */
export interface Chosen {
  readonly token: number;
  readonly name: string;
  /** How many lists it stands on; at 0 it is not chosen any more. */
  places: number;
  /** What was told of it last; undefined = something touched it since. */
  features: Candidate | undefined;
  /** Do they stay the same until a pane, a minute or an hour is over? */
  isStill: boolean;
}

/** Tokens that stand on at least one list, by name, from one emission to the next: what does not change costs nothing. */
export class ChosenTokens {
  readonly #byToken = new Map<number, Chosen>();
  #sorted: readonly Chosen[] = [];
  #added: Chosen[] = [];
  #hasLost = false;

  /** The token came onto a list. @returns its entry, with which it leaves */
  add(token: number, name: string): Chosen {
    const known = this.#byToken.get(token);
    if (known !== undefined) {
      known.places += 1;
      return known;
    }
    const chosen = { token, name, places: 1, features: undefined, isStill: false };
    this.#byToken.set(token, chosen);
    this.#added.push(chosen);
    return chosen;
  }

  drop(chosen: Chosen): void {
    chosen.places -= 1;
    if (chosen.places > 0) return;
    this.#hasLost = true;
    if (this.#byToken.get(chosen.token) === chosen) this.#byToken.delete(chosen.token);
  }

  /** What was told of the token is not true any more. */
  touch(token: number): void {
    const chosen = this.#byToken.get(token);
    if (chosen !== undefined) chosen.features = undefined;
  }

  /** The token is gone, and its number may become another's: the entry only waits to leave its lists. */
  remove(token: number): void {
    this.#byToken.delete(token);
  }

  /** Those on a list, by name. */
  sorted(): readonly Chosen[] {
    if (this.#added.length === 0 && !this.#hasLost) return this.#sorted;
    const stayed = this.#sorted.filter(({ places }) => places > 0);
    const added = this.#added.filter(({ places }) => places > 0);
    this.#sorted = mergedByName(
      stayed,
      added.sort((a, b) => byToken(a.name, b.name)),
    );
    this.#added = [];
    this.#hasLost = false;
    return this.#sorted;
  }
}

function mergedByName(left: readonly Chosen[], right: readonly Chosen[]): Chosen[] {
  const merged: Chosen[] = [];
  let next = 0;
  for (const chosen of left) {
    for (let other = right[next]; other !== undefined && other.name < chosen.name; ) {
      merged.push(other);
      next += 1;
      other = right[next];
    }
    merged.push(chosen);
  }
  for (; next < right.length; next += 1) merged.push(right[next] as Chosen);
  return merged;
}
