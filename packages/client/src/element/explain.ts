import type { FrameItem } from '@trending/schemas/frames';
import { compact } from './format.ts';

const labels: Readonly<Record<string, string>> = {
  views: 'Views',
  change: 'Change',
  fresh: 'Freshness',
  unique: 'Different visitors',
  surprise: 'Above its usual',
  support: 'Few visitors so far',
  early: 'Early surge',
  newcomer: 'Newcomer',
  integrity: 'Doubtful traffic',
};

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
    label: Object.hasOwn(labels, name) ? (labels[name] ?? name) : name,
    micro,
    share: micro / longest,
  }));
}

/** "the last hour" and so on; an unknown window by its own name. */
export function periodText(window: string): string {
  return periods[window] ?? window;
}

/** Why an item stands where it stands, in one plain sentence. */
export function whySentence(item: FrameItem, window: string): string {
  const period = periodText(window);
  const views = `${compact(item.rawViews)} ${plural('view', item.rawViews)}`;
  const visitors = `${compact(item.visitors)} ${plural('visitor', item.visitors)}`;
  return `${views} from ${visitors} in the last ${period}, ${comparison(item, period)}.${doubts(item)}`;
}

function comparison(item: FrameItem, period: string): string {
  if (item.previousViews === 0) return `after none in the ${period} before`;
  const ratio = item.rawViews / item.previousViews;
  if (ratio >= 1.05) return `${ratio.toFixed(ratio < 10 ? 1 : 0)} times the ${period} before`;
  if (ratio > 0.95) return `about the same as the ${period} before`;
  return `${Math.round((1 - ratio) * 100)}% less than the ${period} before`;
}

function doubts(item: FrameItem): string {
  if (item.integrityMicro >= 900_000) return '';
  return ` ${Math.round(item.integrityMicro / 10_000)}% of this traffic looks genuine.`;
}

function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}
