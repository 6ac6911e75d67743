import type { Board } from '@trending/schemas';

interface Step {
  readonly from: number;
  readonly offset: number;
}

/** Steps remembered: more than operators take while boards of one window wait for the next. */
const stepsMax = 256;

/**
 * Which control offset the boards of an as-of time use. A record that arrives between two boards of one as-of time must not reach the
 * second: so news counts only for as-of times later than every one used so far, and boards of older ones keep to what was known then.
 */
export class ControlSteps {
  #steps: Step[] = [];
  /** Latest as-of time used. */
  #frontier = Number.NEGATIVE_INFINITY;

  /** `held`: the boards an earlier owner left; what they used stays true. */
  constructor(held: Iterable<Pick<Board, 'asOf' | 'controlOffset'>>) {
    const boards = [...held].sort((a, b) => a.asOf - b.asOf || a.controlOffset - b.controlOffset);
    for (const { asOf, controlOffset } of boards) this.offsetFor(asOf, controlOffset);
  }

  /** The latest as-of time that boards were made for; −Infinity before the first. */
  get frontier(): number {
    return this.#frontier;
  }

  /** The control offset for boards of `asOf`, when all below `newest` is known. */
  offsetFor(asOf: number, newest: number): number {
    if (asOf > this.#frontier) {
      this.#frontier = asOf;
      if (this.#steps.at(-1)?.offset !== newest) this.#steps.push({ from: asOf, offset: newest });
      if (this.#steps.length > stepsMax) this.#steps = this.#steps.slice(-stepsMax);
    }
    const step = this.#steps.findLast(({ from }) => from <= asOf) ?? this.#steps[0];
    return step?.offset ?? newest;
  }
}
