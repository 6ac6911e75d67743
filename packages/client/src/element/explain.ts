import type { FrameItem } from '@trending/schemas/frames';
import { compact, scoreText } from './format.ts';

const labels: ReadonlyMap<string, string> = new Map(
  Object.entries({
    views: 'Views',
    change: 'Change',
    fresh: 'Freshness',
    unique: 'Different visitors',
    surprise: 'Above its usual',
    support: 'Few visitors so far',
    lasting: 'Lasting',
    early: 'Early surge',
    looks: 'Hardly anybody looked twice',
    journeys: 'Hardly anybody went on',
    newcomer: 'Newcomer',
    integrity: 'Doubtful traffic',
  }),
);

const micro = 1_000_000;
const periods: Readonly<Record<string, string>> = {
  '5m': '5 minutes',
  '1h': 'hour',
  '6h': '6 hours',
  '24h': '24 hours',
};

/** One signed part of a score; `share` in [−1, 1] is its length against the longest part. */
export interface ScorePart {
  readonly label: string;
  readonly micro: number;
  readonly share: number;
}

/** The parts of an item's score in the formula's own order; they add up to `scoreMicro`. */
export function scoreParts(item: FrameItem): readonly ScorePart[] {
  const longest = Math.max(1, ...item.contributions.map((part) => Math.abs(part.micro)));
  return item.contributions.map(({ name, micro }) => ({
    label: labels.get(name) ?? name,
    micro,
    share: micro / longest,
  }));
}

/** Those of them that do not round to zero where they are shown. */
export function shownParts(item: FrameItem, formula: string): readonly ScorePart[] {
  return scoreParts(item).filter(({ micro }) => /[1-9]/.test(scoreText(micro, formula)));
}

/** "the last hour" and so on; an unknown window by its own name. */
export function periodText(window: string): string {
  return periods[window] ?? window;
}

/** Why an item stands where it stands, in one plain sentence. */
export function whySentence(item: FrameItem, window: string): string {
  const period = periodText(window);
  const sigma = item.contributions.find(({ name }) => name === 'surprise')?.micro;
  if (sigma !== undefined)
    return `${surpriseText(item, period, sigma)}${uncounted(item)}${surging(item)}${doubts(item)}`;
  const views = `${compact(item.rawViews)} ${plural('view', item.rawViews)}`;
  const visitors = `${compact(item.visitors)} ${plural('visitor', item.visitors)}`;
  return `${views} from ${visitors} in the last ${period}, ${comparison(item, period)}.${doubts(item)}`;
}

function surpriseText(item: FrameItem, period: string, sigmaMicro: number): string {
  const [seen, usual] = [visitorsOf(item.observed), visitorsOf(item.expected)];
  const sigma = (sigmaMicro / micro).toFixed(1);
  return `${compact(seen)} effective ${plural('visitor', seen)} in the last ${period} where ${compact(usual)} ${usual === 1 ? 'is' : 'are'} usual (${sigma} sigma).`;
}

/** Visitors that caps and weights took away. */
function uncounted(item: FrameItem): string {
  const lost = item.visitors - visitorsOf(item.observed);
  if (lost <= 0) return '';
  return ` ${compact(lost)} of ${compact(item.visitors)} visitors not counted.`;
}

function surging({ burstSince = 0 }: FrameItem): string {
  if (burstSince === 0) return '';
  return ` Surging since ${new Date(burstSince).toISOString().slice(11, 16)} UTC.`;
}

function visitorsOf(counted: number): number {
  return Math.round(counted / micro);
}

function comparison(item: FrameItem, period: string): string {
  if (item.previousViews === 0) return `after none in the ${period} before`;
  const ratio = item.rawViews / item.previousViews;
  if (ratio >= 1.05) return `${ratio.toFixed(ratio < 10 ? 1 : 0)} times the ${period} before`;
  if (ratio > 0.95) return `about the same as the ${period} before`;
  return `${Math.round((1 - ratio) * 100)}% less than the ${period} before`;
}

/** What speaks against the visitors, by the part of the score that it took from. */
const doubted: Readonly<Record<string, string>> = {
  looks: 'hardly anybody looked twice',
  journeys: 'hardly anybody went on to other tokens',
  integrity: 'its visitors are less varied than usual',
};

function doubts(item: FrameItem): string {
  if (item.integrityMicro >= 900_000) return '';
  const causes = item.contributions.filter(
    ({ name, micro: lost }) => lost < 0 && Object.hasOwn(doubted, name),
  );
  const why = causes.map(({ name }) => doubted[name]).join(', ');
  const because = why && `: ${why}`;
  return ` ${Math.round(item.integrityMicro / 10_000)}% of this traffic looks genuine${because}.`;
}

function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
