import type { Board, BoardItem, Window } from '@trending/schemas';
import { type HeldLife, nextLife, type StateInputs } from './token-state.ts';

/** A board's arrows compare with the ranks at the last multiple of this, so they neither flicker nor grow old. */
export function referenceIntervalMs(window: Window): number {
  return window.windowSizeMs / 5;
}

/** What an item takes over from the board before. */
export type Carried = Pick<BoardItem, 'previousRank' | 'since'> & HeldLife;

export interface Continuity {
  carry(token: string, inputs: StateInputs): Carried;
}

/**
 * Everything a board remembers comes from the record before it (`held`) and nothing else, so a new owner that read the
 * records goes on exactly where the old one stopped. The ranks of the last record before a reference boundary are the
 * reference for the records behind it.
 */
export function continuityOf(held: Board | undefined, window: Window, asOf: number): Continuity {
  const interval = referenceIntervalMs(window);
  const isNewInterval =
    held !== undefined && Math.floor(asOf / interval) > Math.floor(held.asOf / interval);
  const before = new Map((held?.items ?? []).map((item) => [item.token, item]));
  return {
    carry(token, inputs) {
      const item = before.get(token);
      const reference = isNewInterval ? item?.rank : item?.previousRank;
      const { state, verdict, peakMicro, stateSince } = nextLife(inputs, item, asOf);
      const [previousRank, since] = [reference ?? null, item?.since ?? asOf];
      return { previousRank, since, state, verdict, peakMicro, stateSince };
    },
  };
}
