import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { type LastingRules, lastingVisitors } from '../../src/domain/lasting-visitors.ts';
import { contributionsOf, scoreOf, scorerOf } from '../../src/domain/score.ts';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const micro = 1_000_000;
const rules: LastingRules = { kept: 0.5, most: 0.75, supported: 1.5 };
const everybody = Number.POSITIVE_INFINITY;
const trending = scorerOf(trendingFormula);

/** Elsewhere on the site two views are one visitor. */
function grantedTo(
  viewsPrev: number,
  { observed, expected = 4, supported = everybody }: Partial<Record<string, number>>,
): number {
  const features = { views: 30, viewsPrev, effective: 20 * micro };
  const site = { views: 2_030, effective: 1_020 * micro };
  const now = { observed: observed ?? 0, expected, supported };
  return lastingVisitors(features, site, { now, rules });
}

describe('visitors granted for the period before', () => {
  test('are what a trend that fades by half would have more than came', () => {
    // 88 views were 44 visitors, 40 above usual: 20 are to be expected still, and 16 came.
    expect(grantedTo(88, { observed: 20 })).toBe(4);
    expect(grantedTo(88, { observed: 24 })).toBe(0);
    expect(grantedTo(88, { observed: 30 })).toBe(0);
  });

  test('are none where nothing is above usual now: what is over stays over', () => {
    expect(grantedTo(4_000, { observed: 4 })).toBe(0);
    expect(grantedTo(4_000, { observed: 0 })).toBe(0);
  });

  test('are at most three quarters of those above usual now, whatever was before', () => {
    expect(grantedTo(4_000, { observed: 12 })).toBe(6);
  });

  test('need returners as those who came do', () => {
    expect(grantedTo(4_000, { observed: 12, supported: 10 })).toBe(3);
    expect(grantedTo(4_000, { observed: 12, supported: 8 })).toBe(0);
  });

  test('are none on a site of one token, where nobody tells how many views a visitor has', () => {
    const alone = { views: 30, viewsPrev: 400, effective: 20 * micro };
    const now = { observed: 20, expected: 4, supported: everybody };
    expect(lastingVisitors(alone, { views: 30, effective: 20 * micro }, { now, rules })).toBe(0);
  });

  test('never cost anything: neither one more visitor now, nor one more view before, leaves less', () => {
    const counts = fc.record({
      observed: fc.nat(100),
      expected: fc.double({ min: 0.25, max: 60, noNaN: true }),
      supported: fc.double({ min: 0, max: 150, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.nat(600), counts, (before, now) => {
        const at = (more: number, earlier: number) =>
          now.observed +
          more +
          grantedTo(before + earlier, { ...now, observed: now.observed + more });
        expect(at(1, 0)).toBeGreaterThanOrEqual(at(0, 0) - 1e-9);
        expect(at(0, 1)).toBeGreaterThanOrEqual(at(0, 0));
      }),
    );
  });
});

/** A site of 10,000 visitors, two in five of whom look again. */
const past = {
  ...noHistory,
  ...{ histH: 1_000_000, visitors: 10_000, returners: 4_000 },
  horizons: [5_000 * micro, 2_500 * micro],
};
const site: SiteTotals = {
  ...{ tokens: 1_000, views: 16_000, effective: 10_000 * micro, window: '1h', site: past },
};

function tokenOf(visitors: number, given: { returners: number; viewsPrev: number }) {
  return candidateOf('eth:0x1', {
    ...{ views: visitors + given.returners, visitors, networks: visitors },
    ...{ effective: visitors * micro, histH: 300, histMinutes: 2_400, ...given },
  });
}

const lastingOf = (visitors: number, given: { returners: number; viewsPrev: number }) =>
  contributionsOf(trending, tokenOf(visitors, given), site).find(({ name }) => name === 'lasting')
    ?.micro ?? 0;

describe('the part of a score for the period before', () => {
  test('keeps a trend that fades before one as large now that had hardly any visitors before', () => {
    expect(lastingOf(18, { returners: 8, viewsPrev: 20 })).toBe(0);
    expect(lastingOf(18, { returners: 8, viewsPrev: 90 })).toBeGreaterThan(micro / 3);
  });

  test('stands on those who go on to other tokens, where people do', () => {
    const gone = { came: [5_000], went: [2_000], further: [2_000] };
    const goingSite = { ...site, site: { ...past, ...gone } };
    const fading = tokenOf(18, { returners: 8, viewsPrev: 90 });
    const lastingIf = (went: number) => {
      const token = { ...fading, came: [9], went: [went], further: [went] };
      const parts = contributionsOf(trending, token, goingSite);
      return parts.find(({ name }) => name === 'lasting')?.micro ?? 0;
    };
    expect(lastingIf(3)).toBe(lastingOf(18, { returners: 8, viewsPrev: 90 }));
    expect(lastingIf(1)).toBe(0);
  });

  test('is not bought by views before of visitors now of whom hardly anybody looks again', () => {
    const bought = tokenOf(60, { returners: 0, viewsPrev: 5_000 });
    expect(lastingOf(60, { returners: 0, viewsPrev: 5_000 })).toBe(0);
    expect(scoreOf(trending, bought, site)).toBeLessThan(micro);
  });

  test('is nothing in a formula that grants nobody, which scores as those from before it did', () => {
    const { lastingKeptMicro: _, ...parameters } = trendingFormula.parameters;
    const before = scorerOf({ ...trendingFormula, parameters });
    const fading = tokenOf(18, { returners: 8, viewsPrev: 90 });
    const rising = tokenOf(18, { returners: 8, viewsPrev: 0 });
    expect(scoreOf(before, fading, site)).toBe(scoreOf(trending, rising, site));
  });

  test('takes nothing from a token for one more visitor, whether he looks once or again, now or in the period before', () => {
    fc.assert(
      fc.property(
        fc.record({ visitors: fc.integer({ min: 1, max: 80 }), part: fc.nat(10) }),
        fc.nat(300),
        (now, viewsPrev) => {
          const { visitors } = now;
          const returners = Math.floor((visitors * now.part) / 10);
          const least = scoreOf(trending, tokenOf(visitors, { returners, viewsPrev }), site);
          const once = { ...site, views: 16_001, effective: 10_001 * micro };
          const again = { ...once, views: 16_002, site: { ...past, returners: 4_001 } };
          const more = [
            scoreOf(trending, tokenOf(visitors + 1, { returners, viewsPrev }), {
              ...once,
              site: { ...past, visitors: 10_001 },
            }),
            scoreOf(trending, tokenOf(visitors + 1, { returners: returners + 1, viewsPrev }), {
              ...again,
              site: { ...past, visitors: 10_001, returners: 4_001 },
            }),
            scoreOf(trending, tokenOf(visitors, { returners, viewsPrev: viewsPrev + 1 }), site),
          ];
          // Support and early are rounded down by themselves.
          for (const score of more) expect(score).toBeGreaterThanOrEqual(least - 2);
        },
      ),
      { numRuns: 500 },
    );
  });
});
