import type { Candidate, JourneyGroup, ScopeTotals, SiteHistory } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { secondOf } from '../domain/journey.ts';
import {
  longestLevel,
  type ViewerSpan,
  type WindowLevel,
  windowLevels,
} from '../domain/window-level.ts';
import type { KnownTokens } from './category-table.ts';
import { rowsAtFirst } from './columns.ts';
import { factsIn } from './facts-in-group.ts';
import { HourHistory } from './hour-history.ts';
import { PaneCells } from './pane-cells.ts';
import { ScopeNames } from './scope-names.ts';
import type { Sightings } from './sightings.ts';
import type { StoreColumns, StoreSizes } from './store-columns.ts';
import { StoreFeatures } from './store-features.ts';
import { StoreLoader } from './store-loader.ts';
import { TokenTable } from './token-table.ts';
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
  readonly #visitorsChanged = (span: ViewerSpan, token: number) =>
    this.#standings.visitorsChanged(span, token);
  /** Where viewers that are new to their token are told; nobody asks before somebody sets it. */
  sightings: Sightings | undefined;
  #capacity = rowsAtFirst;
  #asOf: number;

  /** `floorMicro`: see {@link LevelStandings}. */
  constructor(asOf: number, known: KnownTokens, floorMicro?: number) {
    this.#asOf = asOf;
    this.#known = known;
    this.#cells = windowLevels.map((level) => new PaneCells(level, asOf));
    this.#visitors = new Visitors(asOf, this.#tokens);
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
  sizes() {
    const cells = this.#cells.reduce((sum, level) => sum + level.cells(), 0);
    const { levels } = this.#visitors;
    const { untracked, journeys } = levels;
    return {
      ...{ tokens: this.#tokens.size(), cells, viewers: levels.size(), untracked },
      ...{ looseJourneys: journeys.loose.size(), refusedJourneys: journeys.loose.refused },
    };
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
    const isSighting = this.#visitors.addView(token, view, provenance);
    if (isSighting)
      this.sightings?.add(this.#tokens.tokenHashOf(token), secondOf(viewedAt), view.viewer);
  }

  /** What is known of viewers of a token from elsewhere: facts of one day. */
  applyJourneys(group: JourneyGroup): void {
    for (const fact of factsIn(group, this.#tokens))
      this.#visitors.levels.journeys.apply(fact, this.#visitorsChanged);
  }

  /** Everything that is kept, to be written out; not to be changed. */
  get columns(): StoreColumns {
    return {
      tokens: this.#tokens,
      cells: this.#cells,
      viewers: this.#visitors.levels.entries,
      journeys: this.#visitors.levels.journeys,
      provenance: this.#visitors.provenance,
    };
  }

  /** Enters what another store kept, into this one, which is empty. */
  loader(): StoreLoader {
    return new StoreLoader({
      cells: this.#cells,
      visitors: this.#visitors,
      standings: this.#standings,
      addToken: (name) => this.#addToken(name),
    });
  }

  /** Makes room at once for what is about to be loaded; more may come, or less. */
  reserve({ tokens, cells, viewers }: StoreSizes): void {
    if (tokens >= this.#capacity) this.#reserveTokens(tokens + 1);
    this.#tokens.reserve(tokens);
    for (const level of windowLevels) this.#cellsOf(level).reserveCells(cells[level.index] ?? 0);
    this.#visitors.levels.entries.reserve(viewers);
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
    this.#visitors.advance(asOf, this.#visitorsChanged);
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
