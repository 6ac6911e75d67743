import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { believedVisitors, type LookRules, supportOf } from '../../src/domain/look-support.ts';
import { scoreOf, scorerOf } from '../../src/domain/score.ts';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const lookSupport = (
  own: Parameters<typeof believedVisitors>[0],
  site: Parameters<typeof believedVisitors>[1],
  rules: LookRules,
) => supportOf(own, believedVisitors(own, site, rules));

const micro = 1_000_000;
const rules = { tolerance: 1, unproven: 0.08 };
const trending = scorerOf(trendingFormula);
const looksPart = trending.partNames.indexOf('looks');

/** A site of 10,000 visitors, a part of whom come back, in shorter periods as well. */
function siteOf(returning: number): SiteTotals {
  return {
    tokens: 1_000,
    views: 16_000,
    effective: 10_000 * micro,
    window: '1h',
    site: {
      ...noHistory,
      ...{ histH: 1_000_000, visitors: 10_000, returners: 10_000 * returning },
      horizons: [5_000 * micro, 2_500 * micro],
      horizonVisitors: [5_000, 2_500],
      horizonReturners: [5_000 * returning, 2_500 * returning],
    },
  };
}

function tokenOf(visitors: number, returners: number) {
  return candidateOf('eth:0x1', {
    views: visitors + returners,
    visitors,
    returners,
    networks: visitors,
    effective: visitors * micro,
    histH: 300,
    histMinutes: 2_400,
  });
}

describe('returners', () => {
  test('as usual leave every visitor believed', () => {
    expect(lookSupport(tokenOf(100, 40), siteOf(0.4), rules)).toBe(1);
    expect(lookSupport(tokenOf(100, 35), siteOf(0.4), rules)).toBe(1);
  });

  test('that are missing leave hardly anybody believed, and the token below the floor', () => {
    const site = siteOf(0.4);
    expect(lookSupport(tokenOf(250, 0), site, rules)).toBeLessThan(0.02);
    expect(trending.isEligible(tokenOf(200, 0), site)).toBe(false);
    expect(trending.isEligible(tokenOf(200, 60), site)).toBe(true);
  });

  test('doubt nobody on a site where people look once, or of which nobody knows', () => {
    expect(lookSupport(tokenOf(200, 0), siteOf(0.05), rules)).toBe(1);
    expect(lookSupport(tokenOf(200, 0), { ...siteOf(0.4), site: noHistory }, rules)).toBe(1);
    expect(lookSupport(tokenOf(200, -1), siteOf(0.4), rules)).toBe(1);
  });

  test('count once however often they look: one who keeps coming back stands behind no others', () => {
    const views = { views: 400 };
    const alone = { ...tokenOf(290, 1), ...views };
    expect(lookSupport(alone, siteOf(0.4), rules)).toBeLessThan(0.03);
    const [score, few] = [alone, tokenOf(7, 3)].map((one) => scoreOf(trending, one, siteOf(0.4)));
    expect(score).toBeLessThan(few ?? 0);
  });

  test('are granted less in a shorter period: a whole one there would stand behind as many visitors in less time', () => {
    const site = siteOf(0.4);
    const shorter = { horizonVisitors: [40, 40], horizonReturners: [0, 0] };
    const believed = believedVisitors({ ...tokenOf(40, 0), ...shorter }, site, rules);
    const whole = 1 / (0.4 - rules.unproven);
    expect(believed[0]).toBeCloseTo(whole, 1);
    expect(believed[1]).toBeCloseTo(whole * Math.SQRT1_2, 1);
    expect(believed[2]).toBeCloseTo(whole / 2, 1);
  });

  test('are missed in a shorter period though the window has them', () => {
    const site = siteOf(0.4);
    const shorter = { horizons: [55 * micro, 50 * micro], horizonVisitors: [55, 50] };
    const honest = { ...tokenOf(60, 24), ...shorter, horizonReturners: [22, 20] };
    const bought = { ...honest, horizonReturners: [2, 0] };
    expect(trending.parts(honest, site)[looksPart]).toBe(0);
    expect(trending.parts(bought, site)[looksPart]).toBeLessThan(-micro / 2);
  });

  test('take from the score what they take from the visitors, under their own name', () => {
    const site = siteOf(0.4);
    const parts = trending.parts(tokenOf(60, 4), site);
    expect(parts[looksPart]).toBeLessThan(-micro);
    expect(scoreOf(trending, tokenOf(60, 4), site)).toBeGreaterThan(0);
  });

  test('never make one visitor more cost anything, however old, whatever the shorter periods hold', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const arbitrary = fc.record({
      visitors: fc.integer({ min: 1, max: 2_000 }),
      returning: part,
      /** Of the visitors, those of the last 30 minutes; of these, those of the last 15. */
      recent: fc.tuple(part, part),
      /** Shorter periods that the added visitor is in. */
      enters: fc.nat(2),
    });
    fc.assert(
      fc.property(arbitrary, ({ visitors, returning, recent, enters }) => {
        const half = Math.floor(visitors * recent[0]);
        const shorter = [half, Math.floor(half * recent[1])];
        const back = (all: readonly number[]) => all.map((own) => Math.floor(own * returning));
        const site = siteOf(0.4);
        const score = (more: number) => {
          const grow = (all: readonly number[] = [], unit = 1) =>
            all.map((own, index) => (own + (index < enters ? more : 0)) * unit);
          const past = { ...noHistory, ...site.site, visitors: 10_000 + more };
          const token = {
            ...tokenOf(visitors + more, Math.floor(visitors * returning)),
            horizons: grow(shorter, micro),
            horizonVisitors: grow(shorter),
            horizonReturners: back(shorter),
          };
          return scoreOf(trending, token, {
            ...site,
            ...{ views: site.views + more, effective: (10_000 + more) * micro },
            site: {
              ...past,
              horizons: grow([5_000, 2_500], micro),
              horizonVisitors: grow(past.horizonVisitors),
            },
          });
        };
        // Each term ends in a floor, which may fall by one.
        expect(score(1)).toBeGreaterThanOrEqual(score(0) - 2);
      }),
      { numRuns: 1_000 },
    );
  });
});
