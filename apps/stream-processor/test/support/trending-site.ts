import { hourMs, minuteMs, popularity, SiteTraffic, tokenNames } from './site-traffic.ts';
import type { LoggedView } from './stepped-topology.ts';
import { type ViewSpec, viewOf } from './views.ts';

/** Thirty hours of a site on which much is going on when they end. */
export const siteStart = Date.UTC(2026, 0, 4, 15, 7);
/** Boards are compared from here on: five minutes, not on a full hour. */
export const judgedFrom = siteStart + 30 * hourMs - 5 * minuteMs;
export const judgedTo = siteStart + 30 * hourMs;

/** What one token has beyond its usual visitors; minutes before `judgedTo`, visitors a minute. */
interface Rise {
  readonly token: number;
  readonly from: number;
  readonly to: number;
  readonly peak: number;
}

const rises: readonly Rise[] = [
  ...[200, 130, 95, 70, 50, 35, 25, 18].map((from, i) => rise(20 + i, from, 0.9 + 0.1 * i)),
  // One that begins shortly before boards are made, one meanwhile, and two that are over by then.
  ...[7, 4].map((from, i) => rise(28 + i, from, 4)),
  ...[90, 75].map((from, i) => ({ ...rise(30 + i, from, 2), to: 14 })),
  // Two that fade: most came in the hour before.
  ...[34, 35].flatMap((token) => [{ ...rise(token, 115, 3), to: 55 }, rise(token, 55, 0.6)]),
  // One that is there at this time every day, and one that nobody knew an hour ago.
  { ...rise(32, 26 * 60, 2), to: 22.5 * 60 },
  rise(32, 60, 2),
  rise(33, 55, 1.5),
];
const unknownBefore = new Set([33]);
/** Fewer than the candidates by views that a partition names: `classic` sees all of them in any number of partitions. */
const tokens = tokenNames(190);
/** Tokens from this one on came within the day: enough to tell what young ones usually have. */
const young = 120;
const youngSince = siteStart + 14 * hourMs;

/** Categories as the metadata would tell them. */
export const categories = {
  categoriesOf: (token: string) => (Number(token.slice(-1)) % 2 === 0 ? ['even'] : []),
};

/** All views in the order of time; the same for the same seed. */
export function trendingSite(seed: number): LoggedView[] {
  const traffic = new SiteTraffic({ tokens, rateOf }, seed);
  const views = [...traffic.views(siteStart, judgedTo), ...boughtViews()].map(weighed);
  return views.sort((a, b) => a.timestamp - b.timestamp);
}

function rateOf(token: number, at: number): number {
  const isThere = token < young ? !unknownBefore.has(token) : at >= youngSince;
  const usual = isThere ? popularity(token, 1.5) : 0;
  const before = (judgedTo - at) / minuteMs;
  const isOn = (one: Rise) => one.token === token && before <= one.from && before > one.to;
  return rises.filter(isOn).reduce((sum, { peak }) => sum + peak, usual);
}

function rise(token: number, from: number, peak: number): Rise {
  return { token, from, to: 0, peak };
}

/** Three visitors a minute of the last forty, all by one link and from one country: ten networks and every other one twice, or a network each and one in seven. */
function boughtViews(): LoggedView[] {
  return Array.from({ length: 120 }, (_, i) => {
    const at = judgedTo - 40 * minuteMs + i * 20_000;
    const few = { token: 'sol:0xfew', viewer: 6_000_000 + i, network: 6_000_000 + (i % 10) };
    const once = { token: 'sol:0xonce', viewer: 7_000_000 + i, network: 7_000_000 + i };
    return [...boughtVisit(few, at, i % 2 === 0), ...boughtVisit(once, at + 5_000, i % 7 === 0)];
  }).flat();
}

function boughtVisit(who: Omit<ViewSpec, 'at'>, at: number, isTwice: boolean): LoggedView[] {
  const looks = isTwice ? [at, at + 45_000] : [at];
  return looks.map((time, look) => {
    const eventId = 900_000_000 + 2 * (who.viewer ?? 0) + look;
    const from = { source: 'partner', country: 'VN' };
    return { view: viewOf({ ...who, ...from, at: time, eventId }), timestamp: time };
  });
}

/** Some views count half. */
function weighed({ view, timestamp }: LoggedView, index: number): LoggedView {
  return { view: index % 11 === 0 ? { ...view, weightMicro: 500_000 } : view, timestamp };
}
