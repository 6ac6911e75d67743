import { type ScopeTotals, scopeAll, type WindowName } from '@trending/schemas';
import { boardSizeMax, scopesShippedMax } from '../domain/board-size.ts';
import { reachesSupportFloor, supportFloorMicro } from '../domain/support-floor.ts';
import { byToken, type Standing } from '../domain/token-order.ts';
import { type Chosen, ChosenTokens } from './chosen-tokens.ts';
import { grown, RowList, rowsAtFirst } from './columns.ts';
import { RatioSums } from './ratio-sums.ts';
import type { TokenTable } from './token-table.ts';
import { TopSet } from './top-set.ts';

/** Tokens shipped whatever their support: twice a board's places, so that operators can hold some back. */
const topOf = (scope: string) => 2 * boardSizeMax[scope === scopeAll ? 'all' : 'other'];

interface ScopeStanding {
  tokens: number;
  views: number;
  effectiveMicro: number;
  readonly top: TopSet;
}

/** The best of a scope as last told, and their entries. */
type Listed = { readonly top: readonly number[]; readonly chosen: readonly Chosen[] };

/** Where standings are read from: views in the window and effective visitors, by token. */
export interface LevelCounts {
  viewsOf(token: number): number;
  effectiveMicroOf(token: number): number;
  visitorsOf(token: number): number;
  networksOf(token: number): number;
}

/**
 * Sums and best tokens of every scope in one window. Counting only marks a token as touched; `settle` then brings the scopes up to
 * date with all touched tokens at once, so a hot token costs one update per emission and not one per view.
 */
export class LevelStandings {
  readonly #window: WindowName;
  readonly #floorMicro: number | undefined;
  readonly #tokens: TokenTable;
  readonly #counts: LevelCounts;
  /** What the scopes were last told, by token. */
  #views = new Uint32Array(rowsAtFirst);
  #effective = new Float64Array(rowsAtFirst);
  #visitors = new Uint32Array(rowsAtFirst);
  #networks = new Uint32Array(rowsAtFirst);
  /** Networks for each visitor, over all tokens. */
  readonly ratios = new RatioSums();
  #isTouched = new Uint8Array(rowsAtFirst);
  #touched = new RowList();
  readonly #supported = new Set<number>();
  readonly #scopes = new Map<string, ScopeStanding>();
  /** Of too many scopes those that are shipped, until one of them changes. */
  #mostViewed: ReadonlyMap<string, ScopeStanding> | undefined;
  readonly #chosen = new ChosenTokens();
  /** Of the scopes that were shipped last. */
  readonly #listed = new Map<string, Listed>();
  #onFloor: readonly Chosen[] = [];

  /** `floorMicro`: ship every token with so many effective visitors, instead of those on the live support floor. */
  constructor(
    { window, floorMicro }: { readonly window: WindowName; readonly floorMicro?: number },
    tokens: TokenTable,
    counts: LevelCounts,
  ) {
    this.#window = window;
    this.#floorMicro = floorMicro;
    this.#tokens = tokens;
    this.#counts = counts;
  }

  reserve(tokens: number): void {
    this.#views = grown(this.#views, tokens);
    this.#effective = grown(this.#effective, tokens);
    this.#visitors = grown(this.#visitors, tokens);
    this.#networks = grown(this.#networks, tokens);
    this.#isTouched = grown(this.#isTouched, tokens);
  }

  touch(token: number): void {
    if (this.#isTouched[token] === 1) return;
    this.#isTouched[token] = 1;
    this.#touched.push(token);
  }

  settle(): void {
    const { rows, length } = this.#touched;
    for (let i = 0; i < length; i += 1) {
      const token = rows[i] as number;
      this.#isTouched[token] = 0;
      this.#chosen.touch(token);
      this.settleToken(token);
    }
    this.#touched.length = 0;
  }

  settleToken(token: number): void {
    this.#settleRatio(token);
    const views = this.#counts.viewsOf(token);
    const effectiveMicro = this.#counts.effectiveMicroOf(token);
    const before = {
      views: this.#views[token] as number,
      effectiveMicro: this.#effective[token] as number,
    };
    if (views === before.views && effectiveMicro === before.effectiveMicro) return;
    this.#views[token] = views;
    this.#effective[token] = effectiveMicro;
    const standing = this.#standingOf(token);
    for (const scope of this.#tokens.scopesOf(token))
      this.#apply(scope, token, { before, standing });
    const floorMicro = this.#floorMicro ?? supportFloorMicro[this.#window];
    if (effectiveMicro >= floorMicro) this.#supported.add(token);
    else this.#supported.delete(token);
  }

  #settleRatio(token: number): void {
    const visitors = this.#counts.visitorsOf(token);
    const networks = this.#counts.networksOf(token);
    const before = {
      visitors: this.#visitors[token] as number,
      networks: this.#networks[token] as number,
    };
    if (visitors === before.visitors && networks === before.networks) return;
    this.ratios.apply(before.visitors, before.networks, -1);
    this.ratios.apply(visitors, networks, 1);
    this.#visitors[token] = visitors;
    this.#networks[token] = networks;
  }

  /** Takes a token's settled counts out of the scopes it left and into those it entered. */
  changeScopes(token: number, left: readonly string[], entered: readonly string[]): void {
    const standing = this.#standingOf(token);
    if (standing.views === 0) return;
    const nothing = { views: 0, effectiveMicro: 0, token: standing.token };
    for (const scope of left) this.#apply(scope, token, { before: standing, standing: nothing });
    for (const scope of entered) this.#apply(scope, token, { before: nothing, standing });
  }

  /** Sums over all tokens of each shipped scope, sorted by scope; `all` even without views. Call `settle` first. */
  totals(): ScopeTotals[] {
    const totals = [...this.#shipped()].map(([scope, { tokens, views, effectiveMicro }]) => ({
      scope,
      tokens,
      views,
      effective: effectiveMicro,
    }));
    if (!this.#scopes.has(scopeAll))
      totals.push({ scope: scopeAll, tokens: 0, views: 0, effective: 0 });
    return totals.sort((a, b) => byToken(a.scope, b.scope));
  }

  /** Tokens that may be ranked on some shipped scope, by name; their entries stay the same while they are. Call `settle` first. */
  candidates(): readonly Chosen[] {
    const shipped = this.#shipped();
    for (const [name, { top, tokens }] of shipped) this.#list(name, top.top(tokens));
    for (const name of this.#listed.keys()) if (!shipped.has(name)) this.#list(name, []);
    const before = this.#onFloor;
    this.#onFloor = [...this.#supported]
      .filter((token) => this.#reachesFloor(token, shipped))
      .map((token) => this.#chosen.add(token, this.#tokens.nameOf(token)));
    for (const chosen of before) this.#chosen.drop(chosen);
    return this.#chosen.sorted();
  }

  /** What is known of the token besides its counts changed. */
  forget(token: number): void {
    this.#chosen.touch(token);
  }

  /** The token leaves the memory. */
  remove(token: number): void {
    this.settleToken(token);
    this.#chosen.remove(token);
  }

  #list(scope: string, top: readonly number[]): void {
    const listed = this.#listed.get(scope);
    if (listed?.top === top) return;
    // Those that stay must not lose their last place in between.
    const chosen = top.map((token) => this.#chosen.add(token, this.#tokens.nameOf(token)));
    for (const before of listed?.chosen ?? []) this.#chosen.drop(before);
    if (top.length === 0) this.#listed.delete(scope);
    else this.#listed.set(scope, { top, chosen });
  }

  /** Every scope with views; of too many, `all` and the most viewed, ties by name. */
  #shipped(): ReadonlyMap<string, ScopeStanding> {
    if (this.#scopes.size <= scopesShippedMax) return this.#scopes;
    if (this.#mostViewed !== undefined) return this.#mostViewed;
    const byViews = [...this.#scopes].sort(
      ([a, one], [b, two]) =>
        Number(b === scopeAll) - Number(a === scopeAll) || two.views - one.views || byToken(a, b),
    );
    this.#mostViewed = new Map(byViews.slice(0, 1 + scopesShippedMax));
    return this.#mostViewed;
  }

  #reachesFloor(token: number, shipped: ReadonlyMap<string, ScopeStanding>): boolean {
    if (this.#floorMicro !== undefined) return true;
    const effectiveMicro = this.#effective[token] as number;
    return this.#tokens.scopesOf(token).some((name) => {
      const scope = shipped.get(name);
      return (
        scope !== undefined &&
        reachesSupportFloor(this.#window, effectiveMicro, scope.effectiveMicro)
      );
    });
  }

  #apply(
    name: string,
    token: number,
    change: { readonly before: Omit<Standing, 'token'>; readonly standing: Standing },
  ): void {
    const { before, standing } = change;
    this.#mostViewed = undefined;
    const scope = this.#scope(name);
    scope.views += standing.views - before.views;
    scope.effectiveMicro += standing.effectiveMicro - before.effectiveMicro;
    scope.tokens += Number(standing.views > 0) - Number(before.views > 0);
    if (scope.tokens === 0) this.#scopes.delete(name);
    else scope.top.update(token, standing);
  }

  #scope(name: string): ScopeStanding {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const source = {
      standingOf: (token: number) => this.#standingOf(token),
      scan: (visit: (token: number) => void) => this.#scan(name, visit),
    };
    const scope = { tokens: 0, views: 0, effectiveMicro: 0, top: new TopSet(topOf(name), source) };
    this.#scopes.set(name, scope);
    return scope;
  }

  #scan(scope: string, visit: (token: number) => void): void {
    for (let token = 1; token < this.#tokens.end(); token += 1)
      if (this.#views[token] !== 0 && this.#tokens.scopesOf(token).includes(scope)) visit(token);
  }

  #standingOf(token: number): Standing {
    return {
      views: this.#views[token] as number,
      effectiveMicro: this.#effective[token] as number,
      token: this.#tokens.nameOf(token),
    };
  }
}
