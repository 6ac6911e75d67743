import type { Candidate, SiteHistory } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { contributionsOf, scoreOf, scorerOf } from '../../src/domain/score.ts';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const micro = 1_000_000;
const trending = scorerOf(trendingFormula);

/** A site of `visitors` an hour for two days, on which the token's part was `share`. */
function siteOf(visitors: number, past: Partial<SiteHistory> = {}): SiteTotals {
  return {
    tokens: 1_000,
    views: visitors,
    effective: visitors * micro,
    window: '1h',
    site: { ...noHistory, histH: 1_000_000, horizons: [], ...past },
  };
}

/** A token with `visitors` now and `permille` of the site in its past. */
function tokenOf(visitors: number, permille: number, given: Partial<Candidate> = {}): Candidate {
  return candidateOf('eth:0x1', {
    views: visitors,
    visitors,
    networks: visitors,
    effective: visitors * micro,
    histH: permille * 1_000,
    histMinutes: 2_400,
    cohort: 'eth/old',
    ...given,
  });
}

const scoreIn = (site: SiteTotals, token: Candidate) => scoreOf(trending, token, site);
const partsOf = (site: SiteTotals, token: Candidate) =>
  Object.fromEntries(contributionsOf(trending, token, site).map(({ name, micro: m }) => [name, m]));

describe('trending', () => {
  test('scores surprise and not size: the usual crowd of a big token is nothing', () => {
    const site = siteOf(10_000);
    const big = scoreIn(site, tokenOf(1_000, 100));
    const surprising = scoreIn(site, tokenOf(60, 1));
    expect(big).toBeLessThan(micro);
    expect(surprising).toBeGreaterThan(3 * micro);
  });

  test('a surge of the whole site lifts nobody', () => {
    const [usual, surge] = [siteOf(10_000), siteOf(30_000)];
    const before = scoreIn(usual, tokenOf(100, 10));
    expect(scoreIn(surge, tokenOf(300, 10))).toBeLessThan(before + micro / 2);
  });

  test('a token that is busy at this time every day is not surprising today', () => {
    const site = siteOf(10_000, { sameHour: 10_000 * 60 });
    const irregular = tokenOf(100, 2, { sameHour: 20 * 60 });
    const regular = tokenOf(100, 2, { sameHour: 100 * 60 });
    expect(scoreIn(site, regular)).toBeLessThan(scoreIn(site, irregular) / 2);
  });

  test('an hour in which a token is busy every week raises what is expected of it, of each period apart', () => {
    const site = siteOf(10_000, { horizons: [5_000 * micro, 2_500 * micro] });
    const expected = (given: Partial<Candidate>) =>
      trending.usual?.(tokenOf(100, 2, given), site).expectedMicro ?? 0;
    const usual = expected({});
    expect(expected({ weekIndexMicro: [3 * micro, micro, micro] }) / usual).toBeCloseTo(3, 5);
    expect(expected({ weekIndexMicro: [micro, micro, micro] })).toBe(usual);
    expect(expected({ weekIndexMicro: [500_000, micro, micro] })).toBe(usual);
    expect(expected({ weekIndexMicro: [50 * micro] }) / usual).toBeCloseTo(8, 5);
    const horizons = [90 * micro, 80 * micro];
    const early = (weekIndexMicro: number[]) =>
      partsOf(site, tokenOf(100, 2, { horizons, weekIndexMicro }))['early'];
    expect(early([6 * micro, micro, micro])).toBeGreaterThan(micro);
    expect(early([6 * micro, 8 * micro, 8 * micro])).toBeLessThan(
      early([6 * micro, micro, micro])!,
    );
  });

  test('a formula from before there were weeks scores as it did', () => {
    const { weekIndexMax: _, ...parameters } = trendingFormula.parameters;
    const before = scorerOf({ ...trendingFormula, parameters });
    const site = siteOf(10_000);
    const regular = tokenOf(100, 2, { weekIndexMicro: [5 * micro] });
    expect(before.usual?.(regular, site)).toEqual(trending.usual?.(tokenOf(100, 2), site));
  });

  test('a busier hour yesterday that chance may have brought raises nothing', () => {
    const site = siteOf(10_000, { sameHour: 16_000 * 60 });
    const indexOf = (views: number) =>
      trending.usual?.(tokenOf(20, 1, { sameHour: views * 60 }), site).hourIndexMicro;
    // Sixteen are usual.
    expect([16, 20].map(indexOf)).toEqual([micro, micro]);
    expect(indexOf(60)).toBeGreaterThan(1.5 * micro);
  });

  test('few networks behind many visitors take most of the score away, and say so', () => {
    const ratios = Array.from({ length: 17 }, () => ({ sum: 950_000 * 100, count: 100 }));
    const site = siteOf(10_000, { ratios });
    const honest = tokenOf(120, 1);
    const bought = tokenOf(120, 1, { networks: 8 });
    expect(partsOf(site, honest)).toMatchObject({ integrity: 0 });
    expect(scoreIn(site, bought)).toBeLessThan(scoreIn(site, honest) / 5);
    expect(trending.usual?.(bought, site).integrityMicro).toBeLessThan(200_000);
  });

  test('a shorter period that is more convincing counts early', () => {
    const site = siteOf(10_000, { horizons: [5_000 * micro, 2_500 * micro] });
    const steady = tokenOf(30, 1, { horizons: [15 * micro, 8 * micro] });
    const beginning = tokenOf(30, 1, { horizons: [29 * micro, 28 * micro] });
    expect(partsOf(site, steady)).toMatchObject({ early: 0 });
    expect(partsOf(site, beginning)['early']).toBeGreaterThan(micro / 2);
  });

  test('a shorter period is taken for more restless: the same rise in it says less the more visitors are usual', () => {
    const site = siteOf(10_000, { horizons: [5_000 * micro, 2_500 * micro] });
    const rising = tokenOf(320, 30, { horizons: [200 * micro, 130 * micro] });
    const calm = scorerOf({
      ...trendingFormula,
      parameters: { ...trendingFormula.parameters, horizonPhiMicro: 0 },
    });
    const early = calm.parts(rising, site)[calm.partNames.indexOf('early')] ?? 0;
    expect(early).toBeGreaterThan(micro / 2);
    expect(partsOf(site, rising)['early']).toBeLessThan(0.75 * early);
  });

  test('a token without a past is expected to do what young tokens do, not nothing', () => {
    const cohorts = [{ name: 'eth/young', tokens: 100, histH: 200_000 }];
    const young = { histH: 0, histMinutes: 0, cohort: 'eth/young' };
    const site = siteOf(10_000, { cohorts });
    expect(trending.usual?.(tokenOf(20, 0, young), site).expectedMicro).toBe(19_960_000);
    expect(scoreIn(site, tokenOf(20, 0, young))).toBeLessThan(micro / 100);
  });

  test('tells what its expectation was made of: share, time of day and the others of the site give it again', () => {
    const given = fc.record({
      histH: fc.nat(400_000),
      histMinutes: fc.nat(2_820),
      sameHour: fc.nat(30_000),
      phiSum: fc.nat(40e6),
      phiCount: fc.nat(40),
    });
    const past = { sameHour: 10_000 * 60, cohorts: [{ name: 'eth/old', tokens: 99, histH: 1e6 }] };
    fc.assert(
      fc.property(given, fc.integer({ min: 8, max: 900 }), (features, visitors) => {
        const site = siteOf(10_000, past);
        const usual = trending.usual?.(tokenOf(visitors, 0, features), site);
        const { expectedMicro = 0, shareNano = 0, hourIndexMicro = 0, phiMicro = 0 } = usual ?? {};
        const share = shareNano / 1e9;
        const expected = (share / (1 - share)) * (10_000 - visitors) * (hourIndexMicro / micro);
        // Each figure is rounded down to what a record holds.
        const rounding = 1e-4 * expected + 1e-4;
        expect(Math.abs(Math.max(0.25, expected) - expectedMicro / micro)).toBeLessThan(rounding);
        expect(hourIndexMicro).toBeGreaterThanOrEqual(micro);
        expect(phiMicro).toBeGreaterThanOrEqual(100_000);
        for (const figure of [shareNano, hourIndexMicro, phiMicro])
          expect(Number.isSafeInteger(figure)).toBe(true);
      }),
    );
  });

  test('admits whom the support floor of the window admits', () => {
    const site = siteOf(10_000);
    expect(trending.isEligible(tokenOf(4, 1), site)).toBe(false);
    expect(trending.isEligible(tokenOf(5, 1), site)).toBe(true);
    expect(trending.isEligible(tokenOf(5, 1), siteOf(30_000))).toBe(false);
  });

  test('never loses by one more honest visitor from a network of his own', () => {
    const ratios = Array.from({ length: 17 }, (_, b) => ({
      sum: (950_000 - b * 9_000) * 40,
      count: 40,
    }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.nat(30),
        fc.nat(300),
        (n, permille, shared) => {
          const networks = Math.max(1, n - Math.min(shared, n));
          const at = (more: number) =>
            scoreIn(
              siteOf(20_000 + more, { ratios }),
              tokenOf(n + more, permille, { networks: networks + more }),
            );
          expect(at(1)).toBeGreaterThanOrEqual(at(0));
        },
      ),
    );
  });

  test('adds up from integers without a negative zero, whatever is counted', () => {
    const counts = fc.record({
      effective: fc.nat(1e12),
      visitors: fc.nat(65_536),
      networks: fc.nat(65_536),
      histH: fc.nat(1e9),
      histMinutes: fc.nat(2_820),
      phiSum: fc.integer({ min: -47e6, max: 188e6 }),
      phiCount: fc.nat(47),
      sameHour: fc.nat(1e9),
      horizons: fc.array(fc.nat(1e12), { maxLength: 2 }),
    });
    const past = fc.record({ histH: fc.nat(1e12), sameHour: fc.nat(1e12) });
    fc.assert(
      fc.property(counts, past, fc.nat(1e9), (given, site, visitors) => {
        const parts = trending.parts(candidateOf('eth:0x1', given), siteOf(visitors, site));
        for (const part of parts) {
          expect(Number.isSafeInteger(part)).toBe(true);
          expect(Object.is(part, -0)).toBe(false);
        }
      }),
    );
  });
});
