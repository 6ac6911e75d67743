import { afterPaint } from './after-paint.ts';
import type { BoardRow } from './board-controller.ts';

/** Places of rows: from the first to before the last, counted from 0. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

/** Those that a visitor sees. */
export interface PlacesInView extends Places {
  /** Height of a row, px. */
  readonly rowHeight: number;
}

/** By the layout as it stands, so to be asked before a render; with one more at either end, for what glides in. */
export function placesInView(list: HTMLElement | null): PlacesInView {
  const top = list?.getBoundingClientRect().top ?? 0;
  // A list that is not displayed has no height: no row of it is kept waiting.
  const rowHeight = list?.querySelector('.row')?.getBoundingClientRect().height || 1;
  const from = Math.max(0, Math.floor(-top / rowHeight) - 1);
  // One at least, also of a list below the window: what is widened has to grow.
  return { from, to: Math.max(from, Math.ceil((innerHeight - top) / rowHeight)) + 1, rowHeight };
}

/** With so many times as many places before and behind. */
function widened({ from, to }: Places, times: number): Places {
  const more = Math.ceil((to - from) * times);
  return { from: Math.max(0, from - more), to: to + more };
}

/**
 * The newest rows at these places; elsewhere what was shown, as far as it is on the board and not at these places now. As many as `newest`
 * when as many were shown, and every token once.
 */
export function newestAt(
  { from, to }: Places,
  newest: readonly BoardRow[],
  shown: readonly BoardRow[],
): readonly BoardRow[] {
  const there = newest.slice(from, to);
  const others = without(there, shown);
  // Those that came into view take the room of as many that have left: a row that stays is not made anew.
  const room = others.length + there.length - newest.length;
  const left = without(without(newest, others).slice(0, room), others);
  return [...left.slice(0, from), ...there, ...left.slice(from)];
}

function without(some: readonly BoardRow[], rows: readonly BoardRow[]): readonly BoardRow[] {
  const tokens = new Set(some.map(({ item }) => item.token));
  return rows.filter(({ item }) => !tokens.has(item.token));
}

const everywhere = Number.POSITIVE_INFINITY;

/**
 * What the rows show of the followed board: a new version at once where it is seen, in the next frame as far again on either side, then
 * everywhere. All of a hundred rows in one go take longer than a frame.
 */
export class RowsInView {
  rows: readonly BoardRow[] = [];
  places: PlacesInView = { from: 0, to: 0, rowHeight: 0 };
  /** As far as browsers render what is skipped (content-visibility) before it comes into view. */
  near: Places = this.places;
  #newest: readonly BoardRow[] = [];
  /** How far beyond what is in view the newest are shown, in times of it. */
  #reach = everywhere;
  #isAsked = false;
  readonly #onMore: () => void;

  /** @param onMore told when more is to be rendered */
  constructor(onMore: () => void) {
    this.#onMore = onMore;
  }

  /**
   * Before every render. While a version is not shown everywhere, the next one is shown whole, so no row waits for long.
   * @param look asked when there is a new version
   */
  follow(newest: readonly BoardRow[], look: () => PlacesInView): void {
    if (newest === this.#newest) return;
    const isWhole = this.#reach !== everywhere || this.rows.length !== newest.length;
    this.#newest = newest;
    this.places = look();
    this.near = widened(this.places, 1.5);
    this.#show(isWhole ? everywhere : 0);
  }

  #show(reach: number): void {
    const { from, to } = widened(this.places, reach);
    const isAll = from === 0 && to >= this.#newest.length;
    this.#reach = isAll ? everywhere : reach;
    this.rows = newestAt({ from, to }, this.#newest, this.rows);
    if (!isAll) this.#askForMore();
  }

  /** Once at a time: a page may be given no frames for long, and boards go on changing. */
  #askForMore(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    afterPaint(() => {
      this.#isAsked = false;
      this.#show(this.#reach === 0 ? 1 : everywhere);
      this.#onMore();
    });
  }
}
