import type { Clock } from './clock.ts';

/**
 * What was asked of something that may fall silent, and what has waited too long for its answer: for readiness, which is to name a silence
 * before a time-out ends it. Holds as many entries as questions are under way.
 */
export class OpenQuestions {
  readonly #limitMs: number;
  readonly #clock: Clock;
  /** In the order they were asked. */
  readonly #open = new Set<{ readonly what: string; readonly since: number }>();

  /** @param limitMs longest wait that is nothing to tell of */
  constructor(limitMs: number, clock: Clock) {
    this.#limitMs = limitMs;
    this.#clock = clock;
  }

  /** Asks; open until it settles, all its repetitions included. */
  async during<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const question = { what, since: this.#clock.now() };
    this.#open.add(question);
    try {
      return await ask();
    } finally {
      this.#open.delete(question);
    }
  }

  /** The question that has waited longest, if for too long. */
  overdue(): string | undefined {
    const [oldest] = this.#open;
    if (oldest === undefined) return undefined;
    const waitedMs = this.#clock.now() - oldest.since;
    if (waitedMs < this.#limitMs) return undefined;
    return `${oldest.what} has had no answer for ${Math.round(waitedMs / 1_000)} s`;
  }
}
