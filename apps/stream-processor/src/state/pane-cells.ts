import { lagHoursMin } from '../domain/hour-rules.ts';
import { type PaneGrid, paneIndexOf } from '../domain/window-level.ts';
import { grown, grownLength, RowPool, rowsAtFirst } from './columns.ts';

/** What a pane counts towards at the horizon: the window, the period before it, or nothing any more. */
const zone = { window: 0, previous: 1, gone: 2 } as const;

/** The cells of a pane: the first, others follow it. */
interface Column {
  first: number;
}

/**
 * Views per (token, pane) of one level. A cell exists only where there are views. Two lists run through the cells: a token's,
 * from newest to oldest pane, so that a token is read in as many steps as it has cells; and a pane's column, so that a
 * pane that leaves the window costs its cells and nothing else.
 */
export class PaneCells {
  readonly level: PaneGrid;
  /** Views in the window and in the previous period, by token. */
  current = new Uint32Array(rowsAtFirst);
  previous = new Uint32Array(rowsAtFirst);
  /** A token's newest cell, 0 = no views kept. */
  #newestCell = new Uint32Array(rowsAtFirst);
  readonly #pool = new RowPool();
  #views = new Uint32Array(rowsAtFirst);
  #tokens = new Uint32Array(rowsAtFirst);
  #panes = new Int32Array(rowsAtFirst);
  #older = new Uint32Array(rowsAtFirst);
  #newer = new Uint32Array(rowsAtFirst);
  #nextInColumn = new Uint32Array(rowsAtFirst);
  readonly #columns = new Map<number, Column>();
  /** The token whose cells are being loaded, and the oldest of them so far. */
  #loaded = { token: 0, cell: 0 };
  #runningPane: number;
  /** Of hours: changes with every view in one that some window looks back to, or before all others of its token. */
  pastVersion = 0;

  constructor(level: PaneGrid, asOf: number) {
    this.level = level;
    this.#runningPane = paneIndexOf(asOf, level.paneSizeMs);
  }

  get runningPane(): number {
    return this.#runningPane;
  }
  /** Cells in use. */
  cells(): number {
    return this.#pool.used();
  }

  reserve(tokens: number): void {
    this.current = grown(this.current, tokens);
    this.previous = grown(this.previous, tokens);
    this.#newestCell = grown(this.#newestCell, tokens);
  }

  /** Makes room for so many cells at once. */
  reserveCells(cells: number): void {
    if (cells >= this.#views.length) this.#growCells(cells + 1);
  }

  isEmpty(token: number): boolean {
    return this.#newestCell[token] === 0;
  }

  /** Is the pane of `viewedAt` in the window or the previous period, or ahead? */
  keeps(viewedAt: number): boolean {
    return this.keepsPane(paneIndexOf(viewedAt, this.level.paneSizeMs));
  }

  /** Adds a view; false when its pane is in neither period any more. */
  add(token: number, viewedAt: number): boolean {
    return this.addMany(token, paneIndexOf(viewedAt, this.level.paneSizeMs), 1);
  }

  /** Adds views to a pane; false when it is in neither period any more. */
  addMany(token: number, pane: number, views: number): boolean {
    const place = this.#zoneOf(pane, this.#runningPane);
    if (place === zone.gone) return false;
    const cell = this.#cellOf(token, pane);
    const isFirst = this.#older[cell] === 0 && this.#views[cell] === 0;
    if (pane < this.#runningPane - (isFirst ? 0 : lagHoursMin)) this.pastVersion += 1;
    this.#count(cell, { token, place, views });
    return true;
  }

  /**
   * Enters a pane of a token that has newer ones only: panes come token by token, from the newest on. What {@link addMany} does,
   * without a search for the place. @throws RangeError when the order is another
   */
  load(token: number, { pane, views }: { readonly pane: number; readonly views: number }): void {
    const place = this.#zoneOf(pane, this.#runningPane);
    if (place === zone.gone) return;
    const newer = this.#loaded.token === token ? this.#loaded.cell : 0;
    if (newer === 0 ? !this.isEmpty(token) : (this.#panes[newer] as number) <= pane)
      throw new RangeError(`pane ${pane} of a token comes after an older one`);
    const cell = this.#takeCell(token, pane);
    this.#older[cell] = 0;
    if (newer === 0) this.#newestCell[token] = cell;
    else this.#link(newer, cell);
    this.pastVersion += 1;
    this.#loaded.token = token;
    this.#loaded.cell = cell;
    this.#count(cell, { token, place, views });
  }

  #count(cell: number, added: { token: number; place: number; views: number }): void {
    const { token, place, views } = added;
    this.#views[cell] = (this.#views[cell] as number) + views;
    const sums = place === zone.window ? this.current : this.previous;
    sums[token] = (sums[token] as number) + views;
  }

  /** Is this pane in the window or the previous period, or ahead? */
  keepsPane(pane: number): boolean {
    return this.#zoneOf(pane, this.#runningPane) !== zone.gone;
  }

  /** Calls `visit` with every kept pane that has views of the token, newest first. */
  readAll(token: number, visit: (pane: number, views: number) => void): void {
    for (
      let cell = this.#newestCell[token] as number;
      cell !== 0;
      cell = this.#older[cell] as number
    )
      visit(this.#panes[cell] as number, this.#views[cell] as number);
  }

  /**
   * Moves the running pane to `asOf`, never back; returns whether it changed. Calls `touched` for the tokens whose sums change, again
   * for every cell.
   */
  advance(asOf: number, touched: (token: number) => void): boolean {
    const before = this.#runningPane;
    const running = paneIndexOf(asOf, this.level.paneSizeMs);
    if (running <= before) return false;
    this.#runningPane = running;
    for (const [pane, { first }] of this.#columns) {
      const from = this.#zoneOf(pane, before);
      const to = this.#zoneOf(pane, running);
      if (from !== to) this.#moveColumn(first, { from, to, touched });
      if (to === zone.gone) this.#columns.delete(pane);
    }
    return true;
  }

  /** Calls `visit` with each pane of the window that has views of the token, newest first. */
  readWindow(token: number, visit: (pane: number, views: number) => void): void {
    const oldest = this.#runningPane - this.level.paneCount;
    let cell = this.#newestCell[token] as number;
    while (cell !== 0 && (this.#panes[cell] as number) >= oldest) {
      visit(this.#panes[cell] as number, this.#views[cell] as number);
      cell = this.#older[cell] as number;
    }
  }

  /** Start of the oldest kept pane with views of the token, ms; walks the token's cells. */
  oldestPaneStart(token: number): number {
    let oldest = this.#runningPane;
    this.readAll(token, (pane) => {
      oldest = pane;
    });
    return oldest * this.level.paneSizeMs;
  }

  #zoneOf(pane: number, runningPane: number): number {
    const { paneCount } = this.level;
    if (pane >= runningPane - paneCount) return zone.window;
    return pane >= runningPane - 2 * paneCount ? zone.previous : zone.gone;
  }

  #cellOf(token: number, pane: number): number {
    let newer = 0;
    let cell = this.#newestCell[token] as number;
    while (cell !== 0 && (this.#panes[cell] as number) > pane) {
      newer = cell;
      cell = this.#older[cell] as number;
    }
    if (cell !== 0 && this.#panes[cell] === pane) return cell;
    const added = this.#takeCell(token, pane);
    this.#link(added, cell);
    if (newer === 0) this.#newestCell[token] = added;
    else this.#link(newer, added);
    return added;
  }

  #link(newer: number, older: number): void {
    this.#older[newer] = older;
    if (older !== 0) this.#newer[older] = newer;
  }

  #takeCell(token: number, pane: number): number {
    const cell = this.#pool.take();
    if (cell >= this.#views.length) this.#growCells(grownLength(cell, cell + 1));
    this.#views[cell] = 0;
    this.#tokens[cell] = token;
    this.#panes[cell] = pane;
    this.#newer[cell] = 0;
    const column = this.#columnOf(pane);
    this.#nextInColumn[cell] = column.first;
    column.first = cell;
    return cell;
  }

  #columnOf(pane: number): Column {
    let column = this.#columns.get(pane);
    if (column !== undefined) return column;
    column = { first: 0 };
    this.#columns.set(pane, column);
    return column;
  }

  #growCells(length: number): void {
    this.#views = grown(this.#views, length);
    this.#tokens = grown(this.#tokens, length);
    this.#panes = grown(this.#panes, length);
    this.#older = grown(this.#older, length);
    this.#newer = grown(this.#newer, length);
    this.#nextInColumn = grown(this.#nextInColumn, length);
  }

  #moveColumn(
    first: number,
    move: { readonly from: number; readonly to: number; readonly touched: (token: number) => void },
  ): void {
    for (let cell = first; cell !== 0; ) {
      const next = this.#nextInColumn[cell] as number;
      const token = this.#tokens[cell] as number;
      const views = this.#views[cell] as number;
      const source = move.from === zone.window ? this.current : this.previous;
      source[token] = (source[token] as number) - views;
      if (move.to === zone.previous)
        this.previous[token] = (this.previous[token] as number) + views;
      else this.#freeCell(cell);
      move.touched(token);
      cell = next;
    }
  }

  /** Columns may go in any order, so the cell can have neighbours on both sides. */
  #freeCell(cell: number): void {
    const newer = this.#newer[cell] as number;
    const older = this.#older[cell] as number;
    if (newer === 0) this.#newestCell[this.#tokens[cell] as number] = older;
    else this.#older[newer] = older;
    if (older !== 0) this.#newer[older] = newer;
    this.#pool.give(cell);
  }
}
