import { spanCount, type ViewerSpan } from '../domain/window-level.ts';
import type { LevelSums } from './level-sums.ts';
import type { ViewerEntries } from './viewer-entries.ts';

/**
 * Visitors who came back: per (token, period) those whose last but one pane is in the period as well. That pane was mostly the last one
 * before, so a viewer stands in its list already, and needs no other.
 */
export class Returners {
  readonly #entries: ViewerEntries;
  readonly #levels: readonly LevelSums[];

  constructor(entries: ViewerEntries, levels: readonly LevelSums[]) {
    this.#entries = entries;
    this.#levels = levels;
  }

  /** Joins the periods that hold the viewer's last but one pane, which never goes back. */
  joinAll(entry: number): void {
    const second = this.#entries.secondPane(entry);
    for (const sums of this.#levels)
      if (sums.holds(second) && !this.#isIn(entry, sums.span)) this.#change(entry, sums, 1);
  }

  /** Lists the viewer under its last but one pane where its last pane was never that. */
  schedule(entry: number): void {
    const second = this.#entries.secondPane(entry);
    const last = this.#entries.lastPaneOf(entry);
    for (const sums of this.#levels)
      if (sums.holds(second) && sums.paneOf(second) !== sums.paneOf(last))
        sums.expiry.of(sums.paneOf(second)).push(entry);
  }

  /** The viewer's last but one pane, or the viewer, leaves the period. @returns was it a returner there? */
  leave(entry: number, sums: LevelSums): boolean {
    const isIn = this.#isIn(entry, sums.span);
    if (isIn) this.#change(entry, sums, -1);
    return isIn;
  }

  #isIn(entry: number, span: ViewerSpan): boolean {
    return this.#entries.isMember(entry, bitOf(span));
  }

  #change(entry: number, sums: LevelSums, by: 1 | -1): void {
    const token = this.#entries.tokenOf(entry);
    this.#entries.turnMember(entry, bitOf(sums.span));
    sums.returners[token] = (sums.returners[token] as number) + by;
    sums.totalReturners += by;
  }
}

/** Those of the periods that the viewer itself is in come first. */
function bitOf({ index }: ViewerSpan): number {
  return 1 << (spanCount + index);
}
