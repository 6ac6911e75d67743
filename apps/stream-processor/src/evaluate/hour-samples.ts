import { hourMs } from '../domain/hour-rules.ts';

/** A week, and the hours that alarms leave out. */
const hoursMax = 170;

/** Effective visitors (micro) of the completed clock hours of every token, taken when an hour ends. */
export class HourSamples {
  readonly #hours = new Map<string, number[]>();
  #newestEnd: number | undefined;
  /** Hours of the site, at most {@link hoursMax}. */
  #taken = 0;

  /** End of the newest hour taken, ms. */
  get newestEnd(): number {
    return this.#newestEnd ?? 0;
  }

  /** Newest first, back to the site's first hour; hours before the token's first are empty. */
  of(token: string): readonly number[] {
    const known = this.#hours.get(token) ?? [];
    return [...known, ...new Array<number>(this.#taken - known.length).fill(0)];
  }

  /** Is `asOf` the end of an hour? Every one of them is a step, whatever gaps the views have. */
  isDue(asOf: number): boolean {
    return asOf % hourMs === 0;
  }

  /** Takes the hour that ends at `asOf`. */
  take(asOf: number, tokens: ReadonlyMap<string, number>): void {
    this.#newestEnd = asOf;
    this.#taken = Math.min(hoursMax, this.#taken + 1);
    for (const token of new Set([...this.#hours.keys(), ...tokens.keys()])) {
      const before = this.#hours.get(token) ?? [];
      const hours = [tokens.get(token) ?? 0, ...before].slice(0, hoursMax);
      if (hours.some((value) => value > 0)) this.#hours.set(token, hours);
      else this.#hours.delete(token);
    }
  }
}
