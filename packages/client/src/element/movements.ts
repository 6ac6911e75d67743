import type { FrameItem } from '@trending/schemas/frames';

/** How far back a row's arrow looks, ms: boards change many times a second, people do not. */
export const movementHorizonMs = 60_000;

/** Where a row stands against a minute ago: `places` > 0 is up. */
export interface Movement {
  readonly places: number;
  readonly isNew: boolean;
}

interface Trace {
  /** Ranks held within the horizon, oldest first; the first one is the rank to compare with. */
  steps: { readonly at: number; readonly rank: number }[];
  enteredAt: number | undefined;
}

const still: Movement = { places: 0, isNew: false };

/** Remembers each row's ranks of the last minute. Bounded by the board: a token that left is forgotten. */
export class Movements {
  readonly #traces = new Map<string, Trace>();

  clear(): void {
    this.#traces.clear();
  }

  /** Takes in one version of the board, seen at `now`. */
  observe(items: readonly FrameItem[], now: number): void {
    const isFirst = this.#traces.size === 0;
    const present = new Set(items.map((item) => item.token));
    for (const token of this.#traces.keys()) if (!present.has(token)) this.#traces.delete(token);
    for (const item of items) this.#observeItem(item, now, isFirst);
  }

  of(token: string, now: number): Movement {
    const trace = this.#traces.get(token);
    if (trace === undefined) return still;
    const since = now - movementHorizonMs;
    while ((trace.steps[1]?.at ?? Number.POSITIVE_INFINITY) <= since) trace.steps.shift();
    const from = trace.steps[0];
    const to = trace.steps.at(-1);
    if (from === undefined || to === undefined) return still;
    const isNew = trace.enteredAt !== undefined && trace.enteredAt > since;
    return { places: from.rank - to.rank, isNew };
  }

  #observeItem(item: FrameItem, now: number, isFirst: boolean): void {
    const trace = this.#traces.get(item.token);
    if (trace !== undefined) {
      if (trace.steps.at(-1)?.rank !== item.rank) trace.steps.push({ at: now, rank: item.rank });
      return;
    }
    const before = isFirst ? (item.previousRank ?? item.rank) : item.rank;
    this.#traces.set(item.token, {
      steps: [
        { at: now, rank: before },
        ...(before === item.rank ? [] : [{ at: now, rank: item.rank }]),
      ],
      // On the first board there is no earlier one to be new against.
      enteredAt: isFirst ? undefined : now,
    });
  }
}
