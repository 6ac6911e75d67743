import type { FrameItem } from '@trending/schemas/frames';

const summaryEveryMs = 30_000;

/** What a screen reader is told of a moving board: its head, at most every half minute, and only when it changed. */
export class Announcer {
  #spokenAt = Number.NEGATIVE_INFINITY;
  #spokenHead = '';
  #text = '';

  get text(): string {
    return this.#text;
  }

  observe(items: readonly FrameItem[], now: number): void {
    const head = items.slice(0, 3).map((item) => item.symbol ?? item.token);
    const key = head.join(' ');
    if (key === this.#spokenHead || now - this.#spokenAt < summaryEveryMs) return;
    this.#spokenAt = now;
    this.#spokenHead = key;
    this.#text = head.length === 0 ? 'The board is empty.' : `Trending now: ${head.join(', ')}.`;
  }
}
