import type { BoardRef } from '@trending/schemas/frames';
import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import { addressOf, chainOf } from '@trending/schemas/token-key';

/** Which place of which board is asked about, at which gateway, and as whom. */
export interface ExplainQuestion {
  /** Base URL of the gateway. */
  readonly endpoint: string;
  readonly accessToken: string | undefined;
  readonly board: BoardRef;
  readonly token: string;
}

/** Why the token has its score, as the gateway says it; undefined when it cannot say. */
export async function fetchExplanation(
  { endpoint, accessToken, board, token }: ExplainQuestion,
  signal?: AbortSignal,
): Promise<ExplainAnswer | undefined> {
  const { window, formula, scope } = board;
  const query = new URLSearchParams({ chain: chainOf(token), window, formula, scope });
  const path = `/api/v1/tokens/${encodeURIComponent(addressOf(token))}/explain`;
  try {
    const answer = await fetch(`${endpoint}${path}?${query}`, {
      ...(signal !== undefined && { signal }),
      ...(accessToken !== undefined && { headers: { authorization: `Bearer ${accessToken}` } }),
    });
    return answer.ok ? ((await answer.json()) as ExplainAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** A board that goes on changing is asked about again after this time at the earliest, ms. */
const askAgainAfterMs = 2_000;

/** The explanation of the one place that is looked at: one question at a time, and again while its board changes. */
export class ExplanationSource {
  /** Of the place that is followed; undefined until the gateway has said it. */
  answer: ExplainAnswer | undefined;
  /** There is something to render, or to ask again in a rendering. */
  readonly #onNews: () => void;
  #followed = '';
  #version = '';
  #askedAt = 0;
  #asking: AbortController | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** To be told at every rendering: `version` of the board that is shown, `now` in ms. */
  follow(question: ExplainQuestion, version: string, now: number): void {
    const followed = JSON.stringify(question);
    const isAnother = followed !== this.#followed;
    if (isAnother) this.stop();
    if (!isAnother && version === this.#version) return;
    const left = askAgainAfterMs - (now - this.#askedAt);
    if (!isAnother && (this.#asking !== undefined || left > 0)) {
      this.#askLater(left > 0 ? left : askAgainAfterMs);
      return;
    }
    this.#followed = followed;
    this.#version = version;
    this.#askedAt = now;
    void this.#ask(question);
  }

  /** Nothing is looked at any more. */
  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    clearTimeout(this.#again);
    this.#again = undefined;
    this.#followed = '';
    this.answer = undefined;
  }

  /** The board may rest from now on, and nothing else render it again. */
  #askLater(ms: number): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#onNews();
    }, ms);
  }

  async #ask(question: ExplainQuestion): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const answer = await fetchExplanation(question, asking.signal);
    if (this.#asking !== asking) return;
    this.#asking = undefined;
    // What it said before is better than nothing.
    if (answer === undefined) return;
    this.answer = answer;
    this.#onNews();
  }
}
