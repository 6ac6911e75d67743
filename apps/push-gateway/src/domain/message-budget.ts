export type BudgetVerdict = 'within' | 'first-over' | 'over' | 'flood';

/** Messages a connection may send per second; `flood` (ten times that) is worth a disconnect. */
export class MessageBudget {
  readonly #perSecond: number;
  #secondStart = 0;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  take(now: number): BudgetVerdict {
    if (now - this.#secondStart >= 1_000 || now < this.#secondStart) {
      this.#secondStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= this.#perSecond) return 'within';
    if (this.#count > this.#perSecond * 10) return 'flood';
    // One answer per second: a flood of errors for a flood of messages would be amplification.
    return this.#count === this.#perSecond + 1 ? 'first-over' : 'over';
  }
}
