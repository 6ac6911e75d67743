import type { Candidate, ScopeTotals, SiteHistory } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { longestLevel, type WindowLevel, windowLevels } from '../domain/window-level.ts';
import type { KnownTokens } from './category-table.ts';
import { rowsAtFirst } from './columns.ts';
import { HourHistory } from './hour-history.ts';
import { PaneCells } from './pane-cells.ts';
import type { TokenHour } from './provenance-hours.ts';
import { ScopeNames } from './scope-names.ts';
import type { StoreColumns, StoredPane, StoreSizes } from './store-columns.ts';
import { StoreFeatures } from './store-features.ts';
import { TokenTable } from './token-table.ts';
import type { StoredViewer } from './viewer-rows.ts';
import { Visitors } from './visitors.ts';
import { WindowStandings } from './window-standings.ts';

/** What the panes take of a view. */
export type CountedView = Pick<
  FoldedView,
  'token' | 'viewer' | 'network' | 'viewedAt' | 'weightMicro'
>;

/**
 * One partition's counts: a pure function of the views added and of the greatest `asOf` it was advanced to, whatever path led
 * there. Views, visitors and networks per (token, window) are running sums; panes and viewers leave by the column.
 */
export class ViewCountStore {
  readonly #tokens = new TokenTable();
  readonly #visitors: Visitors;
  readonly #hours: HourHistory;
  readonly #cells: readonly PaneCells[];
  readonly #standings: WindowStandings;
  readonly #features: StoreFeatures;
  readonly #known: KnownTokens;
  readonly #scopeNames = new ScopeNames();
  #capacity = rowsAtFirst;
  #asOf: number;

  /** `floorMicro`: see {@link LevelStandings}. */
  constructor(asOf: number, known: KnownTokens, floorMicro?: number) {
    this.#asOf = asOf;
    this.#known = known;
    this.#cells = windowLevels.map((level) => new PaneCells(level, asOf));
    this.#visitors = new Visitors(asOf);
    this.#hours = new HourHistory(this.#tokens, this.#cellsOf(longestLevel), known);
    const sources = { tokens: this.#tokens, cells: this.#cells, visitors: this.#visitors };
    this.#standings = new WindowStandings({ ...sources, floorMicro });
    this.#features = new StoreFeatures({
      ...sources,
      ...{ standings: this.#standings, hours: this.#hours, known },
    });
  }

  /** Greatest `asOf` so far, ms. */
  get asOf(): number {
    return this.#asOf;
  }

  /** Tokens in memory, with views within the longest window or the period before. */
  tokenCount(): number {
    return this.#tokens.size();
  }

  /** Sizes for the metrics. */
  sizes(): { tokens: number; cells: number; viewers: number; untracked: number } {
    const cells = this.#cells.reduce((sum, level) => sum + level.cells(), 0);
    const { untracked } = this.#visitors.levels;
    return { tokens: this.#tokens.size(), cells, viewers: this.#visitors.levels.size(), untracked };
  }

  isKnown(token: string): boolean {
    return this.#tokens.idOf(token) !== 0;
  }

  /** The token's hash, in memory or not. */
  hashOf(token: string): number {
    return this.#tokens.hashOfName(token);
  }

  /** Changes whenever anything that a candidate set of this window shows may have changed, except offsets. */
  version(level: WindowLevel): number {
    return this.#standings.version(level);
  }

  /** Start of the running pane, ms. */
  lastPane(level: WindowLevel): number {
    return this.#cellsOf(level).runningPane * level.paneSizeMs;
  }

  /** Counts a view in its pane of every level that still keeps it. `provenance`: see {@link provenanceOf}. */
  add(view: CountedView, provenance = 0): void {
    const { viewedAt } = view;
    const oldest = this.#cellsOf(longestLevel);
    if (!oldest.keeps(viewedAt)) return;
    const token = this.#tokens.idOf(view.token) || this.#addToken(view.token);
    if (viewedAt < this.lastPane(longestLevel)) this.#features.forgetPast(token);
    for (const level of windowLevels) {
      if (this.#cellsOf(level).add(token, viewedAt)) this.#standings.touch(level, token);
      else this.#standings.touchPast(level, token);
    }
    this.#visitors.addView(token, view, provenance);
  }

  /** Everything that is kept, to be written out; not to be changed. */
  get columns(): StoreColumns {
    return {
      tokens: this.#tokens,
      cells: this.#cells,
      viewers: this.#visitors.levels.entries,
      provenance: this.#visitors.provenance,
    };
  }

  /** Makes room at once for what is about to be loaded; more may come, or less. */
  reserve({ tokens, cells, viewers }: StoreSizes): void {
    if (tokens >= this.#capacity) this.#reserveTokens(tokens + 1);
    this.#tokens.reserve(tokens);
    for (const level of windowLevels) this.#cellsOf(level).reserveCells(cells[level.index] ?? 0);
    this.#visitors.levels.entries.reserve(viewers);
  }

  /**
   * Enters views of a token that another store kept, its panes of a level from the newest on; `token` is 0 before its first pane.
   * @returns the token's number for {@link loadViewer}; 0 while none of its panes is kept any more
   */
  loadPane(token: number, name: string, { level, pane, views }: Readonly<StoredPane>): number {
    const cells = this.#cells[level] as PaneCells;
    if (!cells.keepsPane(pane)) return token;
    const entered = token === 0 ? this.#addToken(name) : token;
    cells.load(entered, { pane, views });
    this.#standings.touch(windowLevels[level] as WindowLevel, entered);
    return entered;
  }

  /** Enters a viewer of a token, as another store kept it; counts from {@link finishLoading} on. */
  loadViewer(viewer: Readonly<StoredViewer>): void {
    this.#visitors.levels.load(viewer);
  }

  /** Enters where views of a token's hour came from, as another store counted it. */
  loadProvenance(hour: Readonly<TokenHour>): void {
    this.#visitors.provenance.load(hour);
  }

  /** Everything is loaded: now it counts. @throws RangeError when no store can have kept it */
  finishLoading(): void {
    this.#visitors.levels.finishLoading();
  }

  /** Moves the windows to end at `asOf`; an earlier one than before does nothing. */
  advance(asOf: number): void {
    if (asOf <= this.#asOf) return;
    this.#asOf = asOf;
    const emptied: number[] = [];
    for (const level of windowLevels) {
      const cells = this.#cellsOf(level);
      const moved = cells.advance(asOf, (token) => {
        this.#standings.touch(level, token);
        if (level === longestLevel && cells.isEmpty(token)) emptied.push(token);
      });
      if (moved) this.#standings.changed(level);
    }
    this.#visitors.advance(asOf, (span, token) => this.#standings.visitorLeft(span, token));
    for (const token of emptied) this.#removeToken(token);
  }

  /** Applies what is known of the token now. */
  recategorise(name: string): void {
    const token = this.#tokens.idOf(name);
    if (token === 0) return;
    this.#hours.ageChanged(token);
    this.#standings.relearned(token);
    const before = this.#tokens.scopesOf(token);
    const after = this.#scopesOf(name);
    const left = before.filter((scope) => !after.includes(scope));
    const entered = after.filter((scope) => !before.includes(scope));
    if (left.length + entered.length === 0) return;
    this.#tokens.setScopes(token, after);
    this.#standings.changeScopes(token, left, entered);
  }

  /** Another week is known of the token: no sum is made of it. */
  weekChanged(name: string): void {
    const token = this.#tokens.idOf(name);
    if (token !== 0) this.#standings.relearned(token);
  }

  /** Sums per scope over all tokens. */
  totals(level: WindowLevel): ScopeTotals[] {
    return this.#features.totals(level);
  }

  /** What the site's past tells of the window. */
  site(level: WindowLevel): SiteHistory {
    return this.#features.site(level, this.#asOf);
  }

  /** Features of every token that may be ranked in the window, sorted by token. */
  candidates(level: WindowLevel): Candidate[] {
    return this.#features.candidates(level, this.#asOf);
  }

  /** Features of one token, a candidate or not; undefined when it is not in memory. */
  featuresOf(level: WindowLevel, name: string): Candidate | undefined {
    const token = this.#tokens.idOf(name);
    return token === 0 ? undefined : this.#features.of(level, token, this.#asOf);
  }

  /** Every token in memory with its effective visitors in the window, micro. */
  visitorsOf(level: WindowLevel): { readonly token: string; readonly effective: number }[] {
    return this.#features.visitorsOf(level);
  }

  #addToken(name: string): number {
    const token = this.#tokens.add(name, this.#scopesOf(name));
    if (token >= this.#capacity) this.#reserveTokens(this.#capacity + (this.#capacity >> 1));
    return token;
  }

  #reserveTokens(capacity: number): void {
    this.#capacity = capacity;
    for (const part of [...this.#cells, this.#standings, this.#visitors]) part.reserve(capacity);
  }

  #scopesOf(name: string): readonly string[] {
    return this.#scopeNames.of(name, this.#known.categoriesOf(name));
  }

  #removeToken(token: number): void {
    this.#standings.remove(token);
    this.#tokens.remove(token);
  }

  #cellsOf(level: WindowLevel): PaneCells {
    return this.#cells[level.index] as PaneCells;
  }
}
