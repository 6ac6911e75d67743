import type { Candidate, SiteHistory } from '@trending/schemas';
import { levelOnSite } from './alarm-level.ts';
import { comesByTheClock } from './cadence.ts';
import { trendingFormula } from './formula.ts';
import { lagHoursOf } from './hour-rules.ts';
import { isFromOne } from './provenance.ts';
import type { SiteTotals } from './scorer.ts';
import { noHistory } from './site-history.ts';
import { type TrendingReading, trendingReader } from './trending-score.ts';
import { levelOf } from './window-level.ts';

const micro = 1_000_000;
/** Standard deviations above the token's own hours. */
const burstMinMicro = 5 * micro;
const alarmMinMicro = 3 * micro;
/** Standard deviations above its share of the site, visitors now, and visitors usual, of a pump. */
const pump = { sigmaMin: 3, observedMin: 8, expectedMax: 5 };
/** Below this part of what is usual a reason for doubt is named. */
const doubtful = 0.5;
/** Hours of the past there must be to compare with: before, nobody knows what is usual. */
const hoursMin = 4;

const read = trendingReader(trendingFormula);

/**
 * What a reader should know of a token besides its place; facts of the token, the same on the boards of every formula.
 * `burst`: since `burstStart` its views are far above its own hours. `pump`: hardly anybody looked at it, now many do, far above its own
 * hours (alarm-level.ts); a launch looks the same, so of a young token it takes hours of its own or a reason for doubt. Both must also
 * be far above its share of the site, so that no rhythm or surge of the whole site raises them. Reasons for doubt: `few-networks`,
 * `few-looks`, `fresh-ids`, `one-source`, `one-country`, `odd-cadence`. `suspected`: a pump with two of them. Flags never move a place: the first three lower the
 * score already, and what one source or country is worth there is not known.
 */
export function tokenFlags(candidate: Candidate, site: SiteTotals): readonly string[] {
  if ((site.site ?? noHistory).hours < hoursMin) return [];
  const { sigma, sigmaMax, expected, ...support } = read(candidate, site);
  const isBurst = candidate.burstMicro >= burstMinMicro && sigmaMax >= pump.sigmaMin;
  const flags = isBurst ? ['burst'] : [];
  const observed = candidate.effective / micro;
  if (sigma < pump.sigmaMin || observed < pump.observedMin) return flags;
  const reasons = reasonsOf(candidate, site.site ?? noHistory, support);
  const isPump = expected < pump.expectedMax && alarmOf(candidate, site, reasons) >= alarmMinMicro;
  if (isPump) flags.push('pump');
  flags.push(...reasons);
  if (isPump && reasons.length > 1) flags.push('suspected');
  return flags;
}

/** What speaks against a token's visitors. */
function reasonsOf(
  { sources, countries, sparkline }: Candidate,
  past: SiteHistory,
  { networks, looks, journeys }: Pick<TrendingReading, 'networks' | 'looks' | 'journeys'>,
): readonly string[] {
  const doubts = [
    ['few-networks', networks < doubtful],
    ['few-looks', looks < doubtful],
    ['fresh-ids', journeys < doubtful],
    ['one-source', isFromOne(sources, past.sources)],
    ['one-country', isFromOne(countries, past.countries)],
    ['odd-cadence', comesByTheClock(sparkline)],
  ] as const;
  return doubts.filter(([, isDoubtful]) => isDoubtful).map(([reason]) => reason);
}

/** Level above its own hours, the empty ones before its first view among them; not of a launch that nothing speaks against. */
function alarmOf(candidate: Candidate, site: SiteTotals, reasons: readonly string[]): number {
  // People of one country, or of one link, may well bring a launch about, and of a few dozen hardly anybody is back yet.
  const isDoubted = reasons.length > 1 || reasons.includes('few-networks');
  const isLaunch = candidate.cohort.endsWith('/young') && !isDoubted;
  if (isLaunch) return candidate.histMinutes < hoursMin * 60 ? 0 : candidate.alarmMicro;
  const { site: past = noHistory, window = '1h' } = site;
  return levelOnSite(candidate, past.hours + lagHoursOf(levelOf(window)));
}
