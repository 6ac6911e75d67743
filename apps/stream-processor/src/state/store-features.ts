import type { Candidate, ScopeTotals, SiteHistory } from '@trending/schemas';
import { longestLevel, type WindowLevel } from '../domain/window-level.ts';
import { alarmsOf } from './alarm-features.ts';
import { burstOf } from './burst-features.ts';
import type { KnownTokens } from './category-table.ts';
import { horizonsOf, looksOf, pastOf, siteHistoryOf, weekIndexOf } from './history-features.ts';
import type { HourHistory } from './hour-history.ts';
import type { LevelStandings } from './level-standings.ts';
import type { PaneCells } from './pane-cells.ts';
import { panesOf } from './pane-features-of.ts';
import type { TokenTable } from './token-table.ts';
import type { Visitors } from './visitors.ts';

export interface FeatureSources {
  readonly tokens: TokenTable;
  readonly cells: readonly PaneCells[];
  readonly standings: readonly LevelStandings[];
  readonly visitors: Visitors;
  readonly hours: HourHistory;
  readonly known: KnownTokens;
}

/** What a store tells of a window: sums over all tokens, and features of those that may be ranked. */
export class StoreFeatures {
  readonly #sources: FeatureSources;

  constructor(sources: FeatureSources) {
    this.#sources = sources;
  }

  /** Sums per scope over all tokens. */
  totals(level: WindowLevel): ScopeTotals[] {
    return this.#settled(level).totals();
  }

  /** What the site's past tells of the window. */
  site(level: WindowLevel, asOf: number): SiteHistory {
    const { visitors, hours } = this.#sources;
    const { ratios } = this.#settled(level);
    const history = siteHistoryOf({ level, visitors, hours, asOf });
    return { ...history, ratios: ratios.read(), ...visitors.provenance.site() };
  }

  /** Features of every token that may be ranked in the window, sorted by token. */
  candidates(level: WindowLevel, asOf: number): Candidate[] {
    const tokens = this.#settled(level).candidates();
    return tokens.map((token) => this.of(level, token, asOf));
  }

  /** Features of one token, a candidate or not. */
  of(level: WindowLevel, token: number, asOf: number): Candidate {
    const { tokens, cells, visitors, hours, known } = this.#sources;
    const name = tokens.nameOf(token);
    const panes = cells[level.index] as PaneCells;
    const seenAt = (cells[longestLevel.index] as PaneCells).oldestPaneStart(token);
    const now = panesOf(panes, token);
    const who = visitors.levels.levelOf(level).of(token);
    const source = { level, visitors, hours, asOf };
    const past = pastOf(source, token);
    const burst = burstOf(panes, token, past);
    const from = visitors.provenance.of(token);
    const alarms = alarmsOf(cells, token, asOf);
    const looks = looksOf(source, token);
    // Named one by one: spread from five objects, thousands at a time, this took more time than any of its parts.
    return {
      token: name,
      categories: known.categoriesOf(name),
      views: now.views,
      viewsPrev: now.viewsPrev,
      freshSum: now.freshSum,
      visitors: who.visitors,
      returners: who.returners,
      networks: who.networks,
      effective: who.effective,
      firstSeenAt: Math.min(seenAt, known.createdAtOf?.(name) ?? seenAt),
      sparkline: now.sparkline,
      horizons: horizonsOf(source, token),
      horizonVisitors: looks.horizonVisitors,
      horizonReturners: looks.horizonReturners,
      histH: past.histH,
      histHours: past.histHours,
      histMinutes: past.histMinutes,
      phiSum: past.phiSum,
      phiCount: past.phiCount,
      sameHour: past.sameHour,
      cohort: past.cohort,
      weekIndexMicro: weekIndexOf(source, known.weekOf?.(name)),
      burstMicro: burst.burstMicro,
      burstStart: burst.burstStart,
      alarmMicro: alarms.alarmMicro,
      alarmFilled: alarms.alarmFilled,
      sources: from.sources,
      countries: from.countries,
    };
  }

  /** Every token in memory with its effective visitors in the window, micro. */
  visitorsOf(level: WindowLevel): { readonly token: string; readonly effective: number }[] {
    const { tokens, visitors } = this.#sources;
    const { effectiveMicro } = visitors.levels.levelOf(level);
    const found: { token: string; effective: number }[] = [];
    for (let token = 1; token < tokens.end(); token += 1) {
      const name = tokens.nameOf(token);
      if (name !== '') found.push({ token: name, effective: effectiveMicro[token] as number });
    }
    return found;
  }

  #settled(level: WindowLevel): LevelStandings {
    const standings = this.#sources.standings[level.index] as LevelStandings;
    standings.settle();
    return standings;
  }
}
