import { type WindowName, windowNames } from '@trending/schemas';
import { type BoardPartName, type BoardSelection, selectionsOf } from './board-groups.ts';
import { EmissionSlot, partBusyShare, partSpacingMs } from './rank-emission.ts';

/** Boards that are made and written together: of a window, that of all tokens, or a group of those of its chains and categories. */
export interface BoardPart {
  readonly name: BoardPartName;
  readonly selection: BoardSelection;
  readonly spacingMs: number;
  readonly slot: EmissionSlot;
}

/** From when on a window's sets may be merged, ms. */
type MergeableAt = (window: WindowName) => number;

/**
 * When which boards are due. One part at a time, so that the board of all tokens of a short window never waits for all the others: the
 * one goes first whose time, its own spacing added, is over first, which starves nobody.
 */
export class BoardParts {
  readonly #parts: readonly BoardPart[] = windowNames.flatMap((window) =>
    selectionsOf(window).map(({ name, selection }) => {
      const kind = selection.all ? 'all' : 'scopes';
      const spacingMs = partSpacingMs(window, kind);
      const slot = new EmissionSlot(spacingMs, partBusyShare[kind]);
      return { name, selection, spacingMs, slot };
    }),
  );

  get count(): number {
    return this.#parts.length;
  }

  /** Something changed at `now`: every part of which `isConcerned` says so has to be made. */
  touch(now: number, isConcerned: (part: BoardPart) => boolean): void {
    for (const part of this.#parts) if (isConcerned(part)) part.slot.touch(now);
  }

  /** When the next part is due, ms; Infinity while nothing is. */
  nextDueAt(mergeableAt: MergeableAt): number {
    return Math.min(...this.#parts.map((part) => dueAt(part, mergeableAt)));
  }

  /** Of the parts that are due the one that can wait least. */
  mostUrgent(now: number, mergeableAt: MergeableAt): BoardPart | undefined {
    let urgent: BoardPart | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const part of this.#parts) {
      const since = dueAt(part, mergeableAt);
      if (since > now || since + part.spacingMs >= earliest) continue;
      urgent = part;
      earliest = since + part.spacingMs;
    }
    return urgent;
  }
}

function dueAt({ selection, slot }: BoardPart, mergeableAt: MergeableAt): number {
  const own = slot.dueAt();
  return own === Number.POSITIVE_INFINITY ? own : Math.max(own, mergeableAt(selection.window));
}
