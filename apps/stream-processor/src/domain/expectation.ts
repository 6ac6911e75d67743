import type { Candidate, SiteHistory } from '@trending/schemas';
import { visitDispersion } from './hour-rules.ts';

const micro = 1_000_000;

/** What a score needs to know of the whole site in one window; sums over all partitions. */
export interface SiteSums {
  readonly tokens: number;
  readonly views: number;
  /** Effective visitors of all tokens, micro. */
  readonly effective: number;
  readonly site: SiteHistory;
}

export interface ShrinkRules {
  /** Hours that the cohort's word is worth. */
  readonly cohortHours: number;
  /** Least tokens of a cohort that may speak. */
  readonly cohortTokensMin: number;
  /** Least expected visitors. */
  readonly visitorsMin: number;
  /** Most that a time of day may raise an expectation. */
  readonly hourIndexMax: number;
  /** Most that an hour of the token's own week may raise it. */
  readonly weekIndexMax: number;
}

type HistoryFeatures = Pick<
  Candidate,
  'histH' | 'histMinutes' | 'cohort' | 'sameHour' | 'weekIndexMicro'
>;

/**
 * A token's usual part of the site's visitors, ready for any period: usual share × the site's total now. The odds leave the token's own
 * visitors out on both sides, so they never raise their own expectation; a short history is shrunk to the average token of its cohort;
 * where this time of day was busier for the token than for the site yesterday, or this hour of the week in the weeks before, the
 * expectation rises, and never falls.
 */
export class UsualShare {
  readonly #token: HistoryFeatures;
  readonly #site: SiteHistory;
  readonly #rules: ShrinkRules;
  readonly #odds: number;
  readonly #weight: number;

  constructor(token: HistoryFeatures, { site, tokens }: SiteSums, rules: ShrinkRules) {
    const { histH } = token;
    const hours = token.histMinutes / 60;
    const others = site.histH - histH;
    const odds = others > 0 ? histH / others : 0;
    const average = averageShare(token, { site, tokens }, rules);
    this.#token = token;
    this.#site = site;
    this.#rules = rules;
    this.#odds = hours * odds + rules.cohortHours * average;
    this.#weight = hours + rules.cohortHours;
  }

  /** Of the visitors of all tokens, its own among them; in [0, 1]. */
  get share(): number {
    const all = this.#odds + this.#weight;
    return all > 0 ? this.#odds / all : 0;
  }

  /** Visitors to expect among `totalMicro` of all tokens, of which the token has `ownMicro`. `period`: 0 = the window, then the shorter ones. */
  expected(totalMicro: number, ownMicro: number, period: number): number {
    const usual = this.#usual(totalMicro, ownMicro);
    const index = Math.max(this.#hourIndexOf(usual), weekIndexOf(this.#token, period, this.#rules));
    return Math.max(usual * index, this.#rules.visitorsMin);
  }

  /** What the time of day, or the hour of the week, raises the window's expectation by, before the least one: 1 = nothing. */
  hourIndex(totalMicro: number, ownMicro: number): number {
    const ofDay = this.#hourIndexOf(this.#usual(totalMicro, ownMicro));
    return Math.max(ofDay, weekIndexOf(this.#token, 0, this.#rules));
  }

  #usual(totalMicro: number, ownMicro: number): number {
    const rest = (totalMicro - ownMicro) / micro;
    return (this.#odds * rest) / this.#weight;
  }

  #hourIndexOf(usual: number): number {
    const { histH, sameHour } = this.#token;
    const site = this.#site;
    const shareOfSite = site.histH > 0 ? histH / site.histH : 0;
    const prior = 2 * Math.max(1, usual);
    const before = lessChance(sameHour / 60);
    const beforeUsual = (shareOfSite * site.sameHour) / 60;
    const index = (before + prior) / (beforeUsual + prior);
    return Math.min(this.#rules.hourIndexMax, Math.max(1, index));
  }
}

/** Views less one standard deviation of chance (`visitDispersion` its variance over the mean): one day's hour alone is no rhythm. */
function lessChance(views: number): number {
  return Math.max(0, views - Math.sqrt(visitDispersion * views + 1));
}

/** 1 where the token has no week of its own. */
function weekIndexOf(
  { weekIndexMicro }: HistoryFeatures,
  period: number,
  { weekIndexMax }: ShrinkRules,
): number {
  return Math.min(weekIndexMax, (weekIndexMicro[period] ?? micro) / micro);
}

/** Average shares of a site's past by cohort, found once: they are asked for with every token. They go with the site. */
const averages = new WeakMap<SiteHistory, Map<string, number>>();

/** The average token's share: of its cohort, else of its age, else of all; without any past, of the tokens there are. */
function averageShare(
  { cohort }: HistoryFeatures,
  { site, tokens }: Pick<SiteSums, 'site' | 'tokens'>,
  { cohortTokensMin }: ShrinkRules,
): number {
  const known = averages.get(site) ?? new Map<string, number>();
  averages.set(site, known);
  const key = `${cohort} ${cohortTokensMin}`;
  const share = known.get(key) ?? knownShare(cohort, site, cohortTokensMin);
  known.set(key, share);
  return share > 0 ? share : 1 / Math.max(1, tokens);
}

/** 0 where too few tokens have a past. */
function knownShare(cohort: string, site: SiteHistory, tokensMin: number): number {
  const age = cohort.slice(cohort.lastIndexOf('/'));
  const choices = [
    site.cohorts.filter(({ name }) => name === cohort),
    site.cohorts.filter(({ name }) => name.endsWith(age)),
    site.cohorts,
  ];
  for (const cohorts of choices) {
    let [count, histH] = [0, 0];
    for (const sum of cohorts) {
      count += sum.tokens;
      histH += sum.histH;
    }
    if (count >= tokensMin && histH > 0) return histH / (count * site.histH);
  }
  return 0;
}

/**
 * Over-dispersion from the hours' residuals, shrunk towards the usual one.
 * `phiSum` is micro, `usual` and `weight` are what the prior says and how many hours that is worth.
 */
export function overDispersion(
  { phiSum, phiCount }: Pick<Candidate, 'phiSum' | 'phiCount'>,
  { usual, weight }: { readonly usual: number; readonly weight: number },
): number {
  return Math.max(usual, (phiSum / micro + weight * usual) / (phiCount + weight));
}

/**
 * Standard deviations above what is usual: variance-stabilised by square roots (Anscombe 1948), corrected for over-dispersion as
 * of a negative binomial; within [0, 12]. Counts are visitors.
 */
export function surprise(observed: number, expected: number, phi: number): number {
  const numerator = 2 * (Math.sqrt(observed + 0.375) - Math.sqrt(expected + 0.375));
  return Math.min(12, Math.max(0, numerator / Math.sqrt(1 + phi * expected)));
}
