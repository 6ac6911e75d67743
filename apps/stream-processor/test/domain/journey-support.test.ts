import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { believedByJourneys } from '../../src/domain/journey-support.ts';
import { scoreOf, scorerOf } from '../../src/domain/score.ts';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const micro = 1_000_000;
const rules = { tolerance: 1, unproven: 0.05 };
const trending = scorerOf(trendingFormula);
const journeysPart = trending.partNames.indexOf('journeys');

/**
 * A site of 10,000 visitors, the token's own not among them: 6,000 came from another token, 4,000 are newcomers, and a part of each goes
 * on. All that in shorter periods as well.
 */
function siteOf({ newcomers = 0.3, others = 0.4 } = {}): SiteTotals {
  const sizes = [10_000, 5_000, 2_500];
  return {
    ...{ tokens: 1_000, views: 16_000, effective: 10_000 * micro, window: '1h' },
    site: {
      ...noHistory,
      ...{ histH: 1_000_000, visitors: 10_000, returners: 4_000 },
      horizons: [5_000 * micro, 2_500 * micro],
      horizonVisitors: [5_000, 2_500],
      horizonReturners: [2_000, 1_000],
      came: sizes.map((all) => 0.6 * all),
      went: sizes.map((all) => 0.4 * all * newcomers),
      further: sizes.map((all) => 0.6 * all * others),
    },
  };
}

interface Visitors {
  readonly newcomers?: number;
  readonly went?: number;
  readonly came?: number;
  readonly further?: number;
}

/** A token whose visitors look as often as people. */
function tokenOf({ newcomers = 0, went = 0, came = 0, further = 0 }: Visitors) {
  const visitors = newcomers + came;
  return candidateOf('eth:0x1', {
    ...{ visitors, views: 2 * visitors, returners: 0.4 * visitors, networks: visitors },
    ...{ effective: visitors * micro, histH: 300, histMinutes: 2_400 },
    ...{ came: [came], went: [went], further: [further] },
  });
}

/** The site with the token's own visitors among its. */
function among(site: SiteTotals, { newcomers = 0, went = 0, came = 0, further = 0 }: Visitors) {
  const more = (sums: readonly number[], own: number) => sums.map((sum) => sum + own);
  const all = site.site!;
  return {
    ...site,
    site: {
      ...all,
      visitors: all.visitors + newcomers + came,
      came: more(all.came, came),
      went: more(all.went, went),
      further: more(all.further, further),
    },
  };
}

const believed = (own: Visitors, site = siteOf()) =>
  believedByJourneys(tokenOf(own), among(site, own), rules)[0];
const all = Number.POSITIVE_INFINITY;

describe('visitors who go on', () => {
  test('support a viral crowd: newcomers that go on as newcomers do', () => {
    const viral = { newcomers: 190, went: 60, came: 10, further: 4 };
    expect(believed(viral)).toBe(all);
    expect(trending.parts(tokenOf(viral), among(siteOf(), viral))[journeysPart]).toBe(0);
  });

  test('are missed where ids end where they began, and it costs the score', () => {
    const ids = { newcomers: 200 };
    expect(believed(ids)).toBeCloseTo(1 / 0.25, 5);
    const busy = siteOf({ newcomers: 0.5 });
    expect(trending.isEligible(tokenOf(ids), among(busy, ids))).toBe(false);
    const fewer = { newcomers: 55, came: 20, further: 7 };
    expect(trending.parts(tokenOf(fewer), among(siteOf(), fewer))[journeysPart]).toBeLessThan(
      -micro,
    );
  });

  test('are missed where ids warmed up elsewhere and end here', () => {
    expect(believed({ came: 200 })).toBeCloseTo(1 / 0.35, 5);
    expect(believed({ came: 200, further: 75 })).toBe(all);
  });

  test('believe each sort by itself: who goes on stands behind none of the other', () => {
    const own = { newcomers: 50, went: 50, came: 100 };
    expect(believed(own)).toBeCloseTo(50 + 1 / 0.35, 5);
  });

  test('doubt nobody of a sort that stays, or where nobody follows anybody', () => {
    expect(believed({ newcomers: 200 }, siteOf({ newcomers: 0.05 }))).toBe(all);
    expect(believed({ came: 200 }, siteOf({ others: 0.05 }))).toBe(all);
    expect(believed({ newcomers: 200, came: 9, further: 4 }, siteOf({ newcomers: 0 }))).toBe(all);
    const unfollowed = candidateOf('eth:0x1', { visitors: 200 });
    expect(believedByJourneys(unfollowed, siteOf(), rules)).toEqual([all]);
    expect(believedByJourneys(tokenOf({ newcomers: 200 }), { site: noHistory }, rules)).toEqual([
      all,
    ]);
  });

  test('are granted less in a shorter period', () => {
    const nobody = [0, 0, 0];
    const shorter = { horizonVisitors: [40, 40], came: nobody, went: nobody, further: nobody };
    const [hour = 0, half = 0, quarter = 0] = believedByJourneys(
      { ...tokenOf({ newcomers: 40 }), ...shorter },
      siteOf(),
      rules,
    );
    expect(half / hour).toBeCloseTo(Math.SQRT1_2, 1);
    expect(quarter / hour).toBeCloseTo(1 / 2, 1);
  });

  test('one more of any kind never lowers a score', () => {
    const score = (own: Visitors) => scoreOf(trending, tokenOf(own), among(siteOf(), own));
    for (let newcomers = 5; newcomers < 120; newcomers += 5)
      for (const came of [0, 4, 40]) {
        const own = { newcomers, came, went: 2, further: 1 };
        const more = [
          { ...own, newcomers: newcomers + 1 },
          { ...own, newcomers: newcomers + 1, went: 3 },
          { ...own, came: came + 1 },
          { ...own, came: came + 1, further: 2 },
        ];
        for (const one of more) expect(score(one)).toBeGreaterThanOrEqual(score(own));
      }
  });
});
