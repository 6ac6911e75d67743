import type { Candidate, ScopeTotals } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { wordAt } from '../domain/hash.ts';
import { scopesOf } from '../domain/token-scopes.ts';
import {
  finestPaneMs,
  longestLevel,
  paneIndexOf,
  type WindowLevel,
  windowLevels,
} from '../domain/window-level.ts';
import { LevelStandings } from './level-standings.ts';
import { PaneCells } from './pane-cells.ts';
import { panesOf } from './pane-features-of.ts';
import type { StoreColumns, StoredPane } from './store-columns.ts';
import { TokenTable } from './token-table.ts';
import type { ViewerSighting } from './viewer-entries.ts';
import { ViewerLevels } from './viewer-levels.ts';

/** What the panes take of a view. */
export type CountedView = Pick<
  FoldedView,
  'token' | 'viewer' | 'network' | 'viewedAt' | 'weightMicro'
>;

/** Categories of a token now, at most `categoriesMax`, sorted. */
export type CategoriesOf = (token: string) => readonly string[];

/**
 * One partition's counts: a pure function of the views added and of the greatest `asOf` it was advanced to, whatever path led
 * there. Views, visitors and networks per (token, window) are running sums; panes and viewers leave by the column.
 */
export class ViewCountStore {
  readonly #tokens = new TokenTable();
  readonly #viewers = new ViewerLevels();
  readonly #cells: readonly PaneCells[];
  readonly #standings: readonly LevelStandings[];
  readonly #versions = new Uint32Array(windowLevels.length);
  readonly #categoriesOf: CategoriesOf;
  readonly #sighting = {
    token: 0,
    viewerHigh: 0,
    viewerLow: 0,
    networkHigh: 0,
    networkLow: 0,
    pane: 0,
    weightMicro: 0,
  };
  #capacity = 64;
  #asOf: number;

  constructor(asOf: number, categoriesOf: CategoriesOf) {
    this.#asOf = asOf;
    this.#categoriesOf = categoriesOf;
    this.#cells = windowLevels.map((level) => new PaneCells(level, asOf));
    this.#standings = windowLevels.map((level) => {
      const cells = this.#cellsOf(level);
      const viewers = this.#viewers.levelOf(level);
      return new LevelStandings(level.name, this.#tokens, {
        viewsOf: (token) => cells.current[token] as number,
        effectiveMicroOf: (token) => viewers.effectiveMicro[token] as number,
      });
    });
    for (const level of windowLevels) this.#advanceViewers(level);
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
    const { untracked } = this.#viewers;
    return { tokens: this.#tokens.size(), cells, viewers: this.#viewers.size(), untracked };
  }

  isKnown(token: string): boolean {
    return this.#tokens.idOf(token) !== 0;
  }

  /** The token's hash, when it is in memory. */
  hashOf(token: string): number | undefined {
    const id = this.#tokens.idOf(token);
    return id === 0 ? undefined : this.#tokens.hashOf(id);
  }

  /** Changes whenever anything that a candidate set of this window shows may have changed, except offsets. */
  version(level: WindowLevel): number {
    return this.#versions[level.index] as number;
  }

  /** Start of the running pane, ms. */
  lastPane(level: WindowLevel): number {
    return this.#cellsOf(level).runningPane * level.paneSizeMs;
  }

  /** Counts a view in its pane of every level that still keeps it. */
  add(view: CountedView): void {
    const { viewedAt } = view;
    const oldest = this.#cellsOf(longestLevel);
    if (!oldest.keeps(viewedAt)) return;
    const token = this.#tokens.idOf(view.token) || this.#addToken(view.token);
    for (const level of windowLevels) {
      if (!this.#cellsOf(level).add(token, viewedAt)) continue;
      this.#touch(level, token);
    }
    const sighting = this.#sighting;
    sighting.token = token;
    sighting.viewerHigh = wordAt(view.viewer, 0);
    sighting.viewerLow = wordAt(view.viewer, 4);
    sighting.networkHigh = wordAt(view.network, 0);
    sighting.networkLow = wordAt(view.network, 4);
    sighting.pane = paneIndexOf(viewedAt, finestPaneMs);
    sighting.weightMicro = view.weightMicro;
    this.#viewers.add(sighting);
  }

  /** Everything that is kept, to be written out; not to be changed. */
  get columns(): StoreColumns {
    return { tokens: this.#tokens, cells: this.#cells, viewers: this.#viewers.entries };
  }

  /**
   * Enters views of a token that another store kept; `token` is 0 before its first pane.
   * @returns the token's number for {@link loadViewer}; 0 while none of its panes is kept any more
   */
  loadPane(token: number, name: string, { level, pane, views }: Readonly<StoredPane>): number {
    const cells = this.#cells[level] as PaneCells;
    if (!cells.keepsPane(pane)) return token;
    const entered = token === 0 ? this.#addToken(name) : token;
    cells.addMany(entered, pane, views);
    this.#touch(cells.level, entered);
    return entered;
  }

  /** Enters a viewer of a token, as another store kept it. */
  loadViewer(sighting: Readonly<ViewerSighting>): void {
    this.#viewers.add(sighting);
  }

  /** Moves the windows to end at `asOf`; an earlier one than before does nothing. */
  advance(asOf: number): void {
    if (asOf <= this.#asOf) return;
    this.#asOf = asOf;
    const emptied: number[] = [];
    for (const level of windowLevels) {
      const cells = this.#cellsOf(level);
      const moved = cells.advance(asOf, (token) => {
        this.#touch(level, token);
        if (level === longestLevel && cells.isEmpty(token)) emptied.push(token);
      });
      if (!moved) continue;
      this.#changed(level);
      this.#advanceViewers(level);
    }
    for (const token of emptied) this.#removeToken(token);
  }

  /** Applies the token's present categories. */
  recategorise(name: string): void {
    const token = this.#tokens.idOf(name);
    if (token === 0) return;
    const before = this.#tokens.scopesOf(token);
    const after = scopesOf(name, this.#categoriesOf(name));
    const left = before.filter((scope) => !after.includes(scope));
    const entered = after.filter((scope) => !before.includes(scope));
    if (left.length + entered.length === 0) return;
    this.#tokens.setScopes(token, after);
    for (const level of windowLevels) {
      this.#standingsOf(level).changeScopes(token, left, entered);
      this.#changed(level);
    }
  }

  /** Sums per scope over all tokens. */
  totals(level: WindowLevel): ScopeTotals[] {
    this.#standingsOf(level).settle();
    return this.#standingsOf(level).totals();
  }

  /** Features of every token that may be ranked in the window, sorted by token. */
  candidates(level: WindowLevel): Candidate[] {
    this.#standingsOf(level).settle();
    return this.#standingsOf(level)
      .candidates()
      .map((token) => this.#features(level, token));
  }

  /** Features of one token, a candidate or not; undefined when it is not in memory. */
  featuresOf(level: WindowLevel, name: string): Candidate | undefined {
    const token = this.#tokens.idOf(name);
    return token === 0 ? undefined : this.#features(level, token);
  }

  #features(level: WindowLevel, token: number): Candidate {
    const name = this.#tokens.nameOf(token);
    return {
      token: name,
      categories: this.#categoriesOf(name),
      ...panesOf(this.#cellsOf(level), token),
      ...this.#viewers.levelOf(level).of(token),
      firstSeenAt: this.#cellsOf(longestLevel).oldestPaneStart(token),
    };
  }

  #addToken(name: string): number {
    const token = this.#tokens.add(name, scopesOf(name, this.#categoriesOf(name)));
    if (token >= this.#capacity) {
      this.#capacity += this.#capacity >> 1;
      for (const part of [...this.#cells, ...this.#standings, this.#viewers])
        part.reserve(this.#capacity);
    }
    return token;
  }

  #removeToken(token: number): void {
    for (const standings of this.#standings) standings.settleToken(token);
    this.#tokens.remove(token);
  }

  #advanceViewers(level: WindowLevel): void {
    const firstPane = this.#cellsOf(level).runningPane - level.paneCount;
    this.#viewers.advance(level, firstPane, (token) => this.#touch(level, token));
  }

  #touch(level: WindowLevel, token: number): void {
    this.#standingsOf(level).touch(token);
    this.#changed(level);
  }

  #changed(level: WindowLevel): void {
    this.#versions[level.index] = this.version(level) + 1;
  }

  #cellsOf(level: WindowLevel): PaneCells {
    return this.#cells[level.index] as PaneCells;
  }

  #standingsOf(level: WindowLevel): LevelStandings {
    return this.#standings[level.index] as LevelStandings;
  }
}
