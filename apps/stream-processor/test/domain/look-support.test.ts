import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { lookSupport } from '../../src/domain/look-support.ts';
import { scoreOf, scorerOf } from '../../src/domain/score.ts';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const micro = 1_000_000;
const rules = { tolerance: 0.8, unproven: 0.1 };
const trending = scorerOf(trendingFormula);

/** A site of 10,000 visitors with so many views each. */
function siteOf(viewsPerVisitor: number): SiteTotals {
  return {
    tokens: 1_000,
    views: Math.round(10_000 * viewsPerVisitor),
    effective: 10_000 * micro,
    window: '1h',
    site: { ...noHistory, histH: 1_000_000, visitors: 10_000 },
  };
}

function tokenOf(visitors: number, looks: number) {
  return candidateOf('eth:0x1', {
    views: visitors + looks,
    visitors,
    networks: visitors,
    effective: visitors * micro,
    histH: 300,
    histHours: 40,
  });
}

describe('repeat looks', () => {
  test('as usual leave every visitor believed', () => {
    expect(lookSupport({ views: 160, visitors: 100 }, siteOf(1.6), rules)).toBe(1);
    expect(lookSupport({ views: 145, visitors: 100 }, siteOf(1.6), rules)).toBe(1);
  });

  test('that are missing leave hardly anybody believed, and the token below the floor', () => {
    const site = siteOf(1.6);
    expect(lookSupport({ views: 200, visitors: 200 }, site, rules)).toBeLessThan(0.02);
    expect(trending.isEligible(tokenOf(200, 0), site)).toBe(false);
    expect(trending.isEligible(tokenOf(200, 100), site)).toBe(true);
  });

  test('doubt nobody on a site where people look once', () => {
    expect(lookSupport({ views: 200, visitors: 200 }, siteOf(1.1), rules)).toBe(1);
    expect(lookSupport({ views: 200, visitors: 200 }, { views: 900 }, rules)).toBe(1);
  });

  test('take from the score what they take from the visitors, under their own name', () => {
    const site = siteOf(1.6);
    const parts = trending.parts(tokenOf(60, 8), site);
    expect(trending.partNames[3]).toBe('looks');
    expect(parts[3]).toBeLessThan(-micro);
    expect(scoreOf(trending, tokenOf(60, 8), site)).toBeGreaterThan(0);
  });

  test('never make one visitor more cost anything, however old, whatever the shorter periods hold', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const arbitrary = fc.record({
      visitors: fc.integer({ min: 1, max: 2_000 }),
      looks: fc.nat(600),
      /** Of the visitors, those of the last 30 minutes; of these, those of the last 15. */
      recent: fc.tuple(part, part),
      /** Shorter periods that the added visitor is in. */
      enters: fc.nat(2),
    });
    fc.assert(
      fc.property(arbitrary, ({ visitors, looks, recent, enters }) => {
        const half = Math.floor(visitors * recent[0]);
        const shorter = [half, Math.floor(half * recent[1])];
        const score = (more: number) => {
          const moreIn = (index: number) => (index < enters ? more : 0);
          const site = siteOf(1.6);
          const past = {
            ...noHistory,
            ...site.site,
            visitors: 10_000 + more,
            horizons: [5_000, 2_500].map((all, index) => (all + moreIn(index)) * micro),
          };
          const grown = { views: site.views + more, effective: (10_000 + more) * micro };
          const token = {
            ...tokenOf(visitors + more, looks),
            horizons: shorter.map((own, index) => (own + moreIn(index)) * micro),
          };
          return scoreOf(trending, token, { ...site, ...grown, site: past });
        };
        // Each term ends in a floor, which may fall by one.
        expect(score(1)).toBeGreaterThanOrEqual(score(0) - 2);
      }),
      { numRuns: 1_000 },
    );
  });
});
