import type { Candidate, ScopeTotals, SiteHistory } from '@trending/schemas';
import { hourMs } from '../domain/hour-rules.ts';
import {
  longestLevel,
  paneIndexOf,
  type WindowLevel,
  windowLevels,
} from '../domain/window-level.ts';
import { Alarms } from './alarm-features.ts';
import { burstOf } from './burst-features.ts';
import type { KnownTokens } from './category-table.ts';
import type { Chosen } from './chosen-tokens.ts';
import { horizonsOf, looksOf, pastOf, siteHistoryOf, weekIndexOf } from './history-features.ts';
import type { HourHistory } from './hour-history.ts';
import type { LevelStandings } from './level-standings.ts';
import type { PaneCells } from './pane-cells.ts';
import { panesOf } from './pane-features-of.ts';
import type { TokenTable } from './token-table.ts';
import type { Visitors } from './visitors.ts';
import type { WindowStandings } from './window-standings.ts';

export interface FeatureSources {
  readonly tokens: TokenTable;
  readonly cells: readonly PaneCells[];
  readonly standings: WindowStandings;
  readonly visitors: Visitors;
  readonly hours: HourHistory;
  readonly known: KnownTokens;
}

const minuteMs = 60_000;

/** What moves the features of a token that nobody touches: panes leave, the hours' weights move by the minute, hours end. */
interface Moment {
  readonly hour: number;
  /** The shorter of a pane and a minute. */
  readonly step: number;
}

/** Features of a token by where they come from. */
interface FeatureParts {
  readonly known: Pick<
    Candidate,
    'token' | 'categories' | 'firstSeenAt' | 'cohort' | 'sources' | 'countries'
  >;
  readonly who: Pick<Candidate, 'visitors' | 'returners' | 'networks' | 'effective' | 'capped'> &
    Pick<Candidate, 'horizons' | 'horizonVisitors' | 'horizonReturners'> &
    Pick<Candidate, 'came' | 'went' | 'further'>;
  readonly panes: Pick<Candidate, 'views' | 'viewsPrev' | 'freshSum' | 'sparkline'>;
  readonly past: Pick<Candidate, 'histH' | 'histHours' | 'histMinutes' | 'phiSum' | 'phiCount'> &
    Pick<Candidate, 'sameHour'>;
  readonly weekIndexMicro: Candidate['weekIndexMicro'];
  readonly burst: Pick<Candidate, 'burstMicro' | 'burstStart'>;
  readonly alarms: Pick<Candidate, 'alarmMicro' | 'alarmFilled'>;
}

/**
 * What a store tells of a window: sums over all tokens, and features of those that may be ranked. Features are kept from one emission to
 * the next: of a token that nothing touched only what time has moved is read again.
 */
export class StoreFeatures {
  readonly #sources: FeatureSources;
  readonly #alarms: Alarms;
  /** When the candidates of each window were told last. */
  readonly #toldAt: Moment[] = windowLevels.map(() => ({ hour: -1, step: -1 }));

  constructor(sources: FeatureSources) {
    this.#sources = sources;
    this.#alarms = new Alarms(sources.cells);
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

  /** Features of every token that may be ranked in the window, sorted by token; the same objects while they are the same. */
  candidates(level: WindowLevel, asOf: number): Candidate[] {
    const before = this.#toldAt[level.index] as Moment;
    const now = momentOf(level, asOf);
    this.#toldAt[level.index] = now;
    const chosen = this.#settled(level).candidates();
    const isSameHour = now.hour === before.hour;
    const isSameStep = now.step === before.step;
    return chosen.map((entry) => {
      const { token, features } = entry;
      if (features === undefined || !isSameHour) return this.#read(level, entry, asOf);
      if (isSameStep && entry.isStill) return features;
      const alarms = this.#alarms.of(token, asOf);
      entry.isStill = alarms.isStill;
      entry.features = isSameStep
        ? withAlarms(features, alarms)
        : this.#later(level, features, { token, asOf, alarms });
      return entry.features;
    });
  }

  /** The token's past may be another than before. */
  forgetPast(token: number): void {
    this.#alarms.forget(token);
  }

  /** Features of one token, a candidate or not. */
  of(level: WindowLevel, token: number, asOf: number): Candidate {
    const { tokens, cells, visitors, known, hours } = this.#sources;
    const name = tokens.nameOf(token);
    const seenAt = (cells[longestLevel.index] as PaneCells).oldestPaneStart(token);
    const sums = visitors.levels.levelOf(level).of(token);
    const source = { level, visitors, hours, asOf };
    const looks = looksOf(source, token);
    const from = visitors.provenance.of(token);
    const past = pastOf(source, token);
    return candidateOf({
      known: {
        token: name,
        categories: known.categoriesOf(name),
        firstSeenAt: Math.min(seenAt, known.createdAtOf?.(name) ?? seenAt),
        cohort: past.cohort,
        sources: from.sources,
        countries: from.countries,
      },
      who: {
        visitors: sums.visitors,
        returners: sums.returners,
        networks: sums.networks,
        effective: sums.effective,
        capped: sums.capped,
        horizons: horizonsOf(source, token),
        ...looks,
      },
      past,
      weekIndexMicro: weekIndexOf(source, known.weekOf?.(name)),
      panes: panesOf(cells[level.index] as PaneCells, token),
      burst: burstOf(cells[level.index] as PaneCells, token, past),
      alarms: this.#alarms.of(token, asOf),
    });
  }

  #read(level: WindowLevel, entry: Chosen, asOf: number): Candidate {
    const features = this.of(level, entry.token, asOf);
    entry.features = features;
    // Whether they are is found out when they are asked for again.
    entry.isStill = false;
    return features;
  }

  /** Nothing touched the token, but panes have left, or a minute is over. */
  #later(
    level: WindowLevel,
    before: Candidate,
    now: { readonly token: number; readonly asOf: number; readonly alarms: FeatureParts['alarms'] },
  ): Candidate {
    const { token, asOf, alarms } = now;
    const { cells, visitors, hours, known } = this.#sources;
    const source = { level, visitors, hours, asOf };
    const past = pastOf(source, token);
    const weekIndexMicro = weekIndexOf(source, known.weekOf?.(before.token));
    const panes = panesOf(cells[level.index] as PaneCells, token);
    const burst = burstOf(cells[level.index] as PaneCells, token, past);
    const changed = { past, weekIndexMicro, panes, burst, alarms };
    return candidateOf({ known: before, who: before, ...changed });
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
    const standings = this.#sources.standings.of(level);
    standings.settle();
    return standings;
  }
}

function momentOf({ paneSizeMs }: WindowLevel, asOf: number): Moment {
  const step = paneIndexOf(asOf, Math.min(paneSizeMs, minuteMs));
  return { hour: paneIndexOf(asOf, hourMs), step };
}

/** What an hour is compared with moves with every emission. */
function withAlarms(before: Candidate, alarms: FeatureParts['alarms']): Candidate {
  const isSame =
    alarms.alarmMicro === before.alarmMicro &&
    alarms.alarmFilled.length === before.alarmFilled.length &&
    alarms.alarmFilled.every((level, index) => level === before.alarmFilled[index]);
  if (isSame) return before;
  const [known, who, panes, past, burst] = [before, before, before, before, before];
  const { weekIndexMicro } = before;
  return candidateOf({ known, who, panes, past, weekIndexMicro, burst, alarms });
}

/** Named one by one: spread from several objects, thousands at a time, this took more time than any of its parts. */
function candidateOf(parts: FeatureParts): Candidate {
  const { known, who, panes, past, burst, alarms } = parts;
  return {
    token: known.token,
    categories: known.categories,
    views: panes.views,
    viewsPrev: panes.viewsPrev,
    freshSum: panes.freshSum,
    visitors: who.visitors,
    returners: who.returners,
    networks: who.networks,
    effective: who.effective,
    capped: who.capped,
    firstSeenAt: known.firstSeenAt,
    sparkline: panes.sparkline,
    horizons: who.horizons,
    horizonVisitors: who.horizonVisitors,
    horizonReturners: who.horizonReturners,
    came: who.came,
    went: who.went,
    further: who.further,
    histH: past.histH,
    histHours: past.histHours,
    histMinutes: past.histMinutes,
    phiSum: past.phiSum,
    phiCount: past.phiCount,
    sameHour: past.sameHour,
    cohort: known.cohort,
    weekIndexMicro: parts.weekIndexMicro,
    burstMicro: burst.burstMicro,
    burstStart: burst.burstStart,
    alarmMicro: alarms.alarmMicro,
    alarmFilled: alarms.alarmFilled,
    sources: known.sources,
    countries: known.countries,
  };
}
