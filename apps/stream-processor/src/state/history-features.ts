import type { SiteHistory } from '@trending/schemas';
import { lagHoursOf, sameHourSpanMinutesOf } from '../domain/hour-rules.ts';
import type { WindowLevel } from '../domain/window-level.ts';
import type { HourHistory, TokenHistory } from './hour-history.ts';
import type { Visitors } from './visitors.ts';

export interface HistorySource {
  readonly level: WindowLevel;
  readonly visitors: Visitors;
  readonly hours: HourHistory;
  readonly asOf: number;
}

/** What a token's shorter periods tell: effective visitors of each, longest first, micro. */
export function horizonsOf({ level, visitors }: HistorySource, token: number): number[] {
  return level.horizons.map(
    (span) => visitors.levels.levelOf(span).effectiveMicro[token] as number,
  );
}

/** What a token's completed hours tell. */
export function pastOf({ level, hours, asOf }: HistorySource, token: number): TokenHistory {
  return hours.of(token, lagHoursOf(level), { asOf, minutes: sameHourSpanMinutesOf(level) });
}

/** The same, summed over all tokens. */
export function siteHistoryOf(
  source: HistorySource,
): Omit<SiteHistory, 'ratios' | 'visitors' | 'sources' | 'countries'> {
  const { level, visitors, hours, asOf } = source;
  const span = { asOf, minutes: sameHourSpanMinutesOf(level) };
  return {
    horizons: level.horizons.map((span) => visitors.levels.levelOf(span).totalMicro),
    ...hours.site(lagHoursOf(level), span),
  };
}
