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

/** A site of 10,000 visitors: 6,000 came from another token, and of the 4,000 newcomers a part goes on. All that in shorter periods as well. */
function siteOf(goneOn: number): SiteTotals {
  const halves = [10_000, 5_000, 2_500];
  return {
    ...{ tokens: 1_000, views: 16_000, effective: 10_000 * micro, window: '1h' },
    site: {
      ...noHistory,
      ...{ histH: 1_000_000, visitors: 10_000, returners: 4_000 },
      horizons: [5_000 * micro, 2_500 * micro],
      horizonVisitors: [5_000, 2_500],
      horizonReturners: [2_000, 1_000],
      came: halves.map((all) => 0.6 * all),
      went: halves.map((all) => 0.4 * all * goneOn),
    },
  };
}

/** A token whose visitors look as often as people. */
function tokenOf(visitors: number, came: number, went: number) {
  return candidateOf('eth:0x1', {
    ...{ visitors, views: 2 * visitors, returners: 0.4 * visitors, networks: visitors },
    ...{ effective: visitors * micro, histH: 300, histMinutes: 2_400 },
    ...{ came: [came], went: [went] },
  });
}

describe('visitors who were at another token too', () => {
  test('support a viral crowd: newcomers that go on as newcomers do', () => {
    const viral = tokenOf(200, 10, 60);
    expect(believedByJourneys(viral, siteOf(0.3), rules)[0]).toBeGreaterThan(200);
    expect(trending.parts(viral, siteOf(0.3))[journeysPart]).toBe(0);
  });

  test('are missed where ids end where they began, and it costs the score', () => {
    const site = siteOf(0.3);
    expect(believedByJourneys(tokenOf(200, 0, 0), site, rules)[0]).toBeCloseTo(1 / 0.25, 0);
    expect(trending.isEligible(tokenOf(200, 0, 0), site)).toBe(false);
    expect(trending.parts(tokenOf(60, 3, 0), site)[journeysPart]).toBeLessThan(-micro);
  });

  test('doubt nobody where newcomers stay, or nobody follows anybody', () => {
    const doubted = [Number.POSITIVE_INFINITY];
    expect(believedByJourneys(tokenOf(200, 0, 0), siteOf(0.04), rules)).toEqual(doubted);
    const unfollowed = candidateOf('eth:0x1', { visitors: 200 });
    expect(believedByJourneys(unfollowed, siteOf(0.3), rules)).toEqual(doubted);
    expect(believedByJourneys(tokenOf(200, 0, 0), { site: noHistory }, rules)).toEqual(doubted);
  });

  test('of the token itself do not say what is usual', () => {
    const own = tokenOf(4_000, 0, 0);
    const others = siteOf(0.3);
    const site = { ...others, site: { ...others.site!, visitors: 14_000 } };
    expect(believedByJourneys(own, site, rules)[0]).toBeCloseTo(1 / 0.25, 5);
  });

  test('are granted less in a shorter period', () => {
    const shorter = { horizonVisitors: [40, 40], came: [0, 0, 0], went: [0, 0, 0] };
    const believed = believedByJourneys({ ...tokenOf(40, 0, 0), ...shorter }, siteOf(0.3), rules);
    expect(believed[1]! / believed[0]!).toBeCloseTo(Math.SQRT1_2, 1);
    expect(believed[2]! / believed[0]!).toBeCloseTo(1 / 2, 1);
  });

  test('one more of any kind never lowers a score', () => {
    const site = siteOf(0.3);
    const score = (visitors: number, came: number, went: number) =>
      scoreOf(trending, tokenOf(visitors, came, went), {
        ...site,
        site: { ...site.site!, visitors: 10_000 + visitors },
      });
    for (let visitors = 5; visitors < 120; visitors += 5) {
      const plain = score(visitors, 3, 2);
      expect(score(visitors + 5, 3, 2)).toBeGreaterThanOrEqual(plain);
      expect(score(visitors + 5, 8, 2)).toBeGreaterThanOrEqual(plain);
      expect(score(visitors + 5, 3, 7)).toBeGreaterThanOrEqual(plain);
    }
  });
});
