import type { Candidate, SiteHistory } from '@trending/schemas';
import { lagHoursOf, sameHourSpanMinutesOf } from '../domain/hour-rules.ts';
import type { WindowLevel } from '../domain/window-level.ts';
import type { HourHistory } from './hour-history.ts';
import type { Visitors } from './visitors.ts';

export interface HistorySource {
  readonly level: WindowLevel;
  readonly visitors: Visitors;
  readonly hours: HourHistory;
  readonly asOf: number;
}

type HistoryFeatures = Pick<
  Candidate,
  'horizons' | 'histH' | 'histHours' | 'phiSum' | 'phiCount' | 'sameHour' | 'cohort'
>;

/** What a token's shorter periods and completed hours tell. */
export function historyOf(source: HistorySource, token: number): HistoryFeatures {
  const { level, visitors, hours, asOf } = source;
  const span = { asOf, minutes: sameHourSpanMinutesOf(level) };
  const past = hours.of(token, lagHoursOf(level), span);
  return {
    horizons: level.horizons.map(
      (span) => visitors.levels.levelOf(span).effectiveMicro[token] as number,
    ),
    histH: past.histH,
    histHours: past.histHours,
    phiSum: past.phiSum,
    phiCount: past.phiCount,
    sameHour: past.sameHour,
    cohort: past.cohort,
  };
}

/** The same, summed over all tokens. */
export function siteHistoryOf(source: HistorySource): Omit<SiteHistory, 'ratios' | 'visitors'> {
  const { level, visitors, hours, asOf } = source;
  const span = { asOf, minutes: sameHourSpanMinutesOf(level) };
  return {
    horizons: level.horizons.map((span) => visitors.levels.levelOf(span).totalMicro),
    ...hours.site(lagHoursOf(level), span),
  };
}
