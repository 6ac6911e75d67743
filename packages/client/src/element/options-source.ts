import {
  type BoardOptions,
  fetchOptions,
  noOptions,
  type OptionsQuestion,
} from './board-options.ts';

/** While the board is live, a question without an answer is asked again after this time, ms. */
const askAgainAfterMs = 30_000;

/** Asks for what the filters offer: once for each gateway and token, and again while nobody could say. */
export class OptionsSource {
  readonly #onAnswer: (options: BoardOptions) => void;
  #asked = '';
  #askedAt = 0;
  #wasLive = false;
  #isMissing = false;

  constructor(onAnswer: (options: BoardOptions) => void) {
    this.#onAnswer = onAnswer;
  }

  /** To be told at every rendering; `now` in ms. A gateway that has just become live is asked at once. */
  follow(question: OptionsQuestion, isLive: boolean, now: number): void {
    const isNew = JSON.stringify(question) !== this.#asked;
    const isDue = isLive && (!this.#wasLive || now - this.#askedAt >= askAgainAfterMs);
    // Not looked at while an answer is on its way: going live meanwhile is a reason to ask again.
    const isWaiting = !isNew && !this.#isMissing;
    if (isNew || (this.#isMissing && isDue)) void this.#ask(question, now);
    if (!isWaiting) this.#wasLive = isLive;
  }

  async #ask(question: OptionsQuestion, now: number): Promise<void> {
    const asked = JSON.stringify(question);
    const isAnother = this.#asked !== '' && asked !== this.#asked;
    this.#asked = asked;
    this.#askedAt = now;
    this.#isMissing = false;
    const options = await fetchOptions(question);
    if (this.#asked !== asked) return;
    this.#isMissing = options === undefined;
    // What another gateway or token told is not this one's; what this one told before stays.
    if (options !== undefined || isAnother) this.#onAnswer(options ?? noOptions);
  }
}
