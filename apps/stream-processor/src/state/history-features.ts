import type { Candidate, SiteHistory } from '@trending/schemas';
import { lagHoursOf, minutesOf, sameHourSpanMinutesOf } from '../domain/hour-rules.ts';
import { weekIndexAt } from '../domain/week-hours.ts';
import type { WindowLevel } from '../domain/window-level.ts';
import type { HourHistory, TokenHistory } from './hour-history.ts';
import type { Visitors } from './visitors.ts';

const noIndex: readonly number[] = [];

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

/** See {@link Candidate}. */
type LooksOfToken = Pick<Candidate, 'horizonVisitors' | 'horizonReturners'> &
  Pick<Candidate, 'came' | 'went' | 'further'>;

/** Who came to a token in the shorter periods, who of them came back, and who of all had been, or went, elsewhere. */
export function looksOf({ level, visitors }: HistorySource, token: number): LooksOfToken {
  const now = visitors.levels.levelOf(level);
  const shorter = level.horizons.map((span) => visitors.levels.levelOf(span));
  return {
    horizonVisitors: shorter.map((sums) => sums.visitors[token] as number),
    horizonReturners: shorter.map((sums) => sums.returners[token] as number),
    came: [now, ...shorter].map((sums) => sums.came[token] as number),
    went: [now, ...shorter].map((sums) => sums.went[token] as number),
    further: [now, ...shorter].map((sums) => sums.further[token] as number),
  };
}

/** What a token's completed hours tell. */
export function pastOf({ level, hours, asOf }: HistorySource, token: number): TokenHistory {
  return hours.of(token, lagHoursOf(level), { asOf, minutes: sameHourSpanMinutesOf(level) });
}

/** What a token's own week tells of the window, then of its shorter periods, micro; nothing without one. */
export function weekIndexOf(
  { level, asOf }: Pick<HistorySource, 'level' | 'asOf'>,
  week: ArrayLike<number> | undefined,
): readonly number[] {
  if (week === undefined) return noIndex;
  return [level, ...level.horizons].map((span) =>
    weekIndexAt(week, { asOf, minutes: minutesOf(span) }),
  );
}

/** What the completed hours of all tokens tell, and their visitors. */
export function siteHistoryOf(
  source: HistorySource,
): Omit<SiteHistory, 'ratios' | 'sources' | 'countries'> {
  const { level, visitors, hours, asOf } = source;
  const span = { asOf, minutes: sameHourSpanMinutesOf(level) };
  const now = visitors.levels.levelOf(level);
  const shorter = level.horizons.map((span) => visitors.levels.levelOf(span));
  return {
    visitors: now.totalVisitors,
    returners: now.totalReturners,
    horizons: shorter.map(({ totalMicro }) => totalMicro),
    horizonVisitors: shorter.map(({ totalVisitors }) => totalVisitors),
    horizonReturners: shorter.map(({ totalReturners }) => totalReturners),
    came: [now, ...shorter].map(({ totalCame }) => totalCame),
    went: [now, ...shorter].map(({ totalWent }) => totalWent),
    further: [now, ...shorter].map(({ totalFurther }) => totalFurther),
    ...hours.site(lagHoursOf(level), span),
  };
}
