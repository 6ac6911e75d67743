import { RowList } from './columns.ts';

/** Lists kept at hand: a power of two, and more than a window has panes in the longest windows. */
const listsAtHand = 64;

/** Rows by pane. */
export class PaneLists {
  readonly #lists = new Map<number, RowList>();
  /** The lists asked for lately, each at its pane's place. */
  readonly #atHand = new Array<RowList | undefined>(listsAtHand);
  readonly #panesAtHand = new Float64Array(listsAtHand).fill(Number.NaN);

  /** Rows of this pane. */
  of(pane: number): RowList {
    const place = pane & (listsAtHand - 1);
    if (this.#panesAtHand[place] === pane) return this.#atHand[place] as RowList;
    let list = this.#lists.get(pane);
    if (list === undefined) {
      list = new RowList();
      this.#lists.set(pane, list);
    }
    this.#atHand[place] = list;
    this.#panesAtHand[place] = pane;
    return list;
  }

  /** Forgets the panes before this one, and calls `visit` with each of their rows. */
  dropBefore(firstPane: number, visit: (row: number, pane: number) => void): void {
    for (const [pane, list] of this.#lists) {
      if (pane >= firstPane) continue;
      this.#drop(pane);
      for (let i = 0; i < list.length; i += 1) visit(list.rows[i] as number, pane);
    }
  }

  #drop(pane: number): void {
    this.#lists.delete(pane);
    const place = pane & (listsAtHand - 1);
    if (this.#panesAtHand[place] !== pane) return;
    this.#panesAtHand[place] = Number.NaN;
    this.#atHand[place] = undefined;
  }
}
