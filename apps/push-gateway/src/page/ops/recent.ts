/** The newest samples of a figure, oldest first; older ones leave. */
export class Recent {
  readonly #max: number;
  #values: number[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(value: number): void {
    this.#values = [...this.#values, value].slice(-this.#max);
  }

  /** Points of a polyline in a box 100 wide and 30 high; the greatest value touches the top. */
  points(): string {
    const top = Math.max(1, ...this.#values);
    const step = 100 / Math.max(1, this.#max - 1);
    const from = 100 - step * (this.#values.length - 1);
    return this.#values
      .map(
        (value, index) =>
          `${(from + index * step).toFixed(1)},${(29 - (28 * value) / top).toFixed(1)}`,
      )
      .join(' ');
  }
}

/** A sum that only grows, as a rate a second between two looks; undefined before the second, or when it began anew. */
export class Rate {
  #last: { readonly total: number; readonly at: number } | undefined;

  /** `at` in ms. */
  next(total: number, at: number): number | undefined {
    const last = this.#last;
    this.#last = { total, at };
    if (last === undefined || at <= last.at || total < last.total) return undefined;
    return ((total - last.total) * 1_000) / (at - last.at);
  }
}
