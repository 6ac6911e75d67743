import type { CohortTotals, SiteHistory } from '@trending/schemas';
import { byToken } from './token-order.ts';

export const noHistory: SiteHistory = {
  histH: 0,
  sameHour: 0,
  horizons: [],
  cohorts: [],
  ratios: [],
  visitors: 0,
  returners: 0,
  horizonVisitors: [],
  horizonReturners: [],
  came: [],
  went: [],
  further: [],
  hours: 0,
  sources: [],
  countries: [],
};

/** Sums what all partitions know of the past: integers, so their order does not matter. The past is as long as the longest. */
export function mergeSites(sites: readonly SiteHistory[]): SiteHistory {
  return {
    histH: sumOf(sites, ({ histH }) => histH),
    sameHour: sumOf(sites, ({ sameHour }) => sameHour),
    horizons: sumsOf(sites, ({ horizons }) => horizons),
    horizonVisitors: sumsOf(sites, ({ horizonVisitors }) => horizonVisitors),
    horizonReturners: sumsOf(sites, ({ horizonReturners }) => horizonReturners),
    came: sumsOf(sites, ({ came }) => came),
    went: sumsOf(sites, ({ went }) => went),
    further: sumsOf(sites, ({ further }) => further),
    cohorts: mergeCohorts(sites.flatMap(({ cohorts }) => cohorts)),
    ratios: mergeRatios(sites),
    visitors: sumOf(sites, ({ visitors }) => visitors),
    returners: sumOf(sites, ({ returners }) => returners),
    hours: sites.reduce((most, { hours }) => Math.max(most, hours), 0),
    sources: sumsOf(sites, ({ sources }) => sources),
    countries: sumsOf(sites, ({ countries }) => countries),
  };
}

function mergeRatios(sites: readonly SiteHistory[]): SiteHistory['ratios'] {
  const merged: { sum: number; count: number }[] = [];
  for (const { ratios } of sites)
    for (const [index, { sum, count }] of ratios.entries()) {
      const bucket = merged[index];
      if (bucket === undefined) merged.push({ sum, count });
      else {
        bucket.sum += sum;
        bucket.count += count;
      }
    }
  return merged;
}

function mergeCohorts(cohorts: readonly CohortTotals[]): CohortTotals[] {
  const sums = new Map<string, CohortTotals>();
  for (const { name, tokens, histH } of cohorts) {
    const sum = sums.get(name) ?? { name, tokens: 0, histH: 0 };
    sums.set(name, { name, tokens: sum.tokens + tokens, histH: sum.histH + histH });
  }
  return [...sums.values()].sort((a, b) => byToken(a.name, b.name));
}

function sumOf(sites: readonly SiteHistory[], of: (site: SiteHistory) => number): number {
  return sites.reduce((sum, site) => sum + of(site), 0);
}

/** Element by element. */
function sumsOf(
  sites: readonly SiteHistory[],
  of: (site: SiteHistory) => readonly number[],
): number[] {
  return longestOf(sites, (site) => of(site).length).map((index) =>
    sumOf(sites, (site) => of(site)[index] ?? 0),
  );
}

/** 0, 1, … up to the longest length. */
function longestOf(sites: readonly SiteHistory[], of: (site: SiteHistory) => number): number[] {
  const length = sites.reduce((longest, site) => Math.max(longest, of(site)), 0);
  return Array.from({ length }, (_, index) => index);
}
