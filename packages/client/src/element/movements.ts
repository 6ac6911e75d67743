import type { FrameItem } from '@trending/schemas/frames';

/** How far back a row's arrow looks, ms: boards change many times a second, people do not. */
export const movementHorizonMs = 60_000;

/** Where a row stands against earlier: `places` > 0 is up. */
export interface Movement {
  readonly places: number;
  readonly isNew: boolean;
}

/**
 * Which way each row went: against the rank the board itself names (one step of its window ago), or, when that is
 * the same, against the ranks seen here within the last minute. Bounded by the board: what left is forgotten.
 */
export class Movements {
  readonly #traces = new Map<string, readonly Step[]>();
  #anyOlder = false;

  clear(): void {
    this.#traces.clear();
  }

  /** Takes in one version of the board, seen at `now`. */
  observe(items: readonly FrameItem[], now: number): void {
    const present = new Set(items.map((item) => item.token));
    for (const token of this.#traces.keys()) if (!present.has(token)) this.#traces.delete(token);
    for (const { token, rank } of items) {
      const steps = this.#traces.get(token) ?? [];
      if (steps.at(-1)?.rank !== rank)
        this.#traces.set(token, [...recent(steps, now), { at: now, rank }]);
    }
    // While everything is new (the service just began), NEW would say nothing.
    this.#anyOlder = items.some((item) => item.previousRank !== null);
  }

  of(item: FrameItem, now: number): Movement {
    const { previousRank, rank, token } = item;
    if (previousRank === null && this.#anyOlder) return { places: 0, isNew: true };
    const told = previousRank === null ? 0 : previousRank - rank;
    const seen = (recent(this.#traces.get(token) ?? [], now)[0]?.rank ?? rank) - rank;
    return { places: told === 0 ? seen : told, isNew: false };
  }
}

interface Step {
  readonly at: number;
  readonly rank: number;
}

/** The steps that tell the ranks held within the horizon, oldest first. */
function recent(steps: readonly Step[], now: number): readonly Step[] {
  const since = now - movementHorizonMs;
  return steps.filter((_, i) => (steps[i + 1]?.at ?? now) > since || i === steps.length - 1);
}
