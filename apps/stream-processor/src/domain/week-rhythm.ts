import { hoursOfWeek, type TokenWeek } from '@trending/schemas';
import { historyHours, hourMs, hourWeights, lagHoursMin } from './hour-rules.ts';
import { hourOfWeek } from './week-hours.ts';

const micro = 1_000_000;
const weeks = 4;
/** Hours that a share of the site is made of, as in a score: those two days back that a window may be compared with. */
const shareHours = historyHours - lagHoursMin;
/** Hours of the roll-up that weeks are learnt from: four weeks, and the past of their first hour. */
export const rhythmHours = weeks * hoursOfWeek + historyHours;
/** A token needs so much history; a site that has less says nothing of anybody. */
export const rhythmHoursMin = 14 * 24;
/** Views an hour, on average, from which a token has a rhythm that can be told from chance. */
export const rhythmViewsMin = 5;
/** Most tokens with a rhythm, the most viewed: bounds the records, and what every process keeps of them. */
export const rhythmTokensMax = 10_000;
/** A week whose hours are all below this is as the hours of the last days tell; it gets no record. */
const indexLeast = 1.5;
const indexMost = 8;
/** An hour of the week that was seen less often has no index: what came once is no rhythm. */
const weeksMin = 2;
/** A token's share of the site is known after so many hours. */
const knownHours = 24 + lagHoursMin;
/** Indices that moved by no more than this are told again by nobody. */
const sameMicro = 100_000;

/** The site's views by hour, the first at `firstHour` since the epoch, and what precedes each by the weights of a share. */
export interface WeekSite {
  readonly firstHour: number;
  readonly views: ArrayLike<number>;
  readonly past: ArrayLike<number>;
}

/** @param views {@link rhythmHours} of them, the last of the hour before the present one */
export function weekSiteOf(firstHour: number, views: ArrayLike<number>): WeekSite {
  return { firstHour, views, past: pastOf(views) };
}

/** Does the roll-up reach back far enough to tell any week? */
export function hasWeeks({ views }: WeekSite): boolean {
  const first = firstWith(views);
  return views.length - first >= rhythmHoursMin;
}

/**
 * A token's week from its views by hour, of the same hours as the site's; undefined where it is as its share of the site tells. An hour's
 * index is what was seen there over what the token's share of the two days before promised, its own views left out on both sides, shrunk
 * by two weeks' worth: k = (seen + 2·max(1, expected a week)) / (expected + 2·max(1, expected a week)), from 1 to 8. The week that stood
 * out most is left out of both sums: what happened in one week, today for example, is a trend and no rhythm.
 */
export function tokenWeekOf(views: ArrayLike<number>, site: WeekSite): TokenWeek | undefined {
  const expected = expectedOf(views, site);
  const indexMicro = new Array<number>(hoursOfWeek).fill(micro);
  let [most, seenWeeks] = [0, 0];
  for (let place = historyHours; place < historyHours + hoursOfWeek; place += 1) {
    const hour = hourSums(place, views, expected);
    if (hour.weeks < weeksMin) continue;
    const index = indexOf(hour);
    indexMicro[hourOfWeek(site.firstHour + place)] = Math.floor(index * micro);
    most = Math.max(most, index);
    seenWeeks = Math.max(seenWeeks, hour.weeks);
  }
  if (most < indexLeast) return undefined;
  return { computedAt: (site.firstHour + views.length) * hourMs, weeks: seenWeeks, indexMicro };
}

/** Is what was said of a token's week still right? */
export function isSameWeek(said: TokenWeek | undefined, now: TokenWeek): boolean {
  return (
    said?.indexMicro.length === hoursOfWeek &&
    now.indexMicro.every((index, at) => Math.abs(index - (said.indexMicro[at] ?? 0)) <= sameMicro)
  );
}

interface HourSums {
  readonly weeks: number;
  readonly seen: number;
  readonly expected: number;
}

/** One hour of the week over all weeks but the one that stood out most. `place` is where it comes first. */
function hourSums(place: number, views: ArrayLike<number>, expected: Float64Array): HourSums {
  let [seenWeeks, seen, usual, top, most] = [0, 0, 0, -1, Number.NEGATIVE_INFINITY];
  for (let at = place; at < views.length; at += hoursOfWeek) {
    const own = expected[at] as number;
    if (own < 0) continue;
    seenWeeks += 1;
    seen += views[at] as number;
    usual += own;
    if ((views[at] as number) - own <= most) continue;
    most = (views[at] as number) - own;
    top = at;
  }
  if (top < 0) return { weeks: 0, seen: 0, expected: 0 };
  return {
    weeks: seenWeeks,
    seen: seen - (views[top] as number),
    expected: Math.max(0, usual - (expected[top] as number)),
  };
}

function indexOf({ weeks: seenWeeks, seen, expected }: HourSums): number {
  const prior = 2 * Math.max(1, expected / (seenWeeks - 1));
  return Math.min(indexMost, Math.max(1, (seen + prior) / (expected + prior)));
}

/** What the token's share of the site promised in each hour; −1 where nobody could know. */
function expectedOf(views: ArrayLike<number>, { views: site, past }: WeekSite): Float64Array {
  const own = pastOf(views);
  const first = firstWith(views);
  const expected = new Float64Array(views.length).fill(-1);
  for (let at = first + knownHours; at < views.length; at += 1) {
    const others = (past[at] as number) - (own[at] as number);
    const rest = (site[at] as number) - (views[at] as number);
    if (others > 0 && rest > 0) expected[at] = ((own[at] as number) / others) * rest;
  }
  return expected;
}

/** Weighted views of the hours before each hour; newer ones weigh more, and the newest four do not count. */
function pastOf(views: ArrayLike<number>): Float64Array {
  const past = new Float64Array(views.length);
  for (let at = lagHoursMin + 1; at < views.length; at += 1) {
    const newest = at - 1 - lagHoursMin;
    let sum = 0;
    for (let age = 0; age < shareHours && age <= newest; age += 1)
      sum += (hourWeights[age] as number) * (views[newest - age] as number);
    past[at] = sum;
  }
  return past;
}

function firstWith(views: ArrayLike<number>): number {
  let at = 0;
  while (at < views.length && views[at] === 0) at += 1;
  return at;
}
