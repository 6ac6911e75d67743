import { windowNames } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classicFormula,
  type Formula,
  formulaText,
  trendingFormula,
  viewsFormula,
} from '../../src/domain/formula.ts';
import { builtInFormulas } from '../../src/domain/formula-limits.ts';
import { contributionsOf, scoreOf, scorerOf } from '../../src/domain/score.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const totals = { tokens: 10, views: 1_000 };
const features = candidateOf('eth:0x1', {
  views: 100,
  viewsPrev: 50,
  freshSum: 60_000_000,
  effective: 80_000_000,
});
const classic = scorerOf(classicFormula);

describe('views', () => {
  test('score the counted views, in micro', () => {
    expect(scoreOf(scorerOf(viewsFormula), features, totals)).toBe(100_000_000);
  });
});

describe('classic', () => {
  test('blends volume, change, freshness and uniqueness in points', () => {
    // 100·100/(100+100)=50 · 25·(50/50)=25 · 100·60/100=60 · 100·80/110=72.72…
    expect(contributionsOf(classic, features, totals)).toEqual([
      { name: 'views', micro: 17_500_000 },
      { name: 'change', micro: 8_750_000 },
      { name: 'fresh', micro: 9_000_000 },
      { name: 'unique', micro: 10_909_090 },
    ]);
  });

  test('bounds change between a quarter of the points lost and all of them won', () => {
    const change = (views: number, viewsPrev: number) =>
      contributionsOf(classic, { ...features, views, viewsPrev }, totals)[1]?.micro;
    expect(change(10_000, 1)).toBe(35_000_000);
    expect(change(0.001, 1_000_000)).toBe(-8_750_000);
    expect(change(20, 0)).toBe(8_750_000);
    // 25·(100 − 30)/30 = 58.3333… points: the last step rounds down
    expect(change(100, 30)).toBe(20_416_666);
  });

  test('admits tokens from ten views on', () => {
    expect(classic.isEligible({ ...features, views: 9 }, totals)).toBe(false);
    expect(classic.isEligible({ ...features, views: 10 }, totals)).toBe(true);
  });

  test('takes its limits from the formula', () => {
    const easy = scorerOf({
      ...classicFormula,
      parameters: { ...classicFormula.parameters, minViews: 1 },
    });
    expect(easy.isEligible({ ...features, views: 1 }, totals)).toBe(true);
  });

  test('never loses by one more honest view of a visitor not seen yet', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 10_000 }), fc.nat(10_000), (views, viewsPrev) => {
        const at = (n: number) =>
          scoreOf(
            classic,
            { ...features, views: n, viewsPrev, freshSum: n * 1_000_000, effective: n * 1_000_000 },
            totals,
          );
        expect(at(views + 1)).toBeGreaterThanOrEqual(at(views));
      }),
    );
  });

  test('yields integers without a negative zero for any counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 1e9 }),
        fc.nat(1e9),
        fc.record({ tokens: fc.nat(1e6), views: fc.nat(1e12) }),
        (views, viewsPrev, site) => {
          const given = {
            ...features,
            views,
            viewsPrev,
            freshSum: views * 999_999,
            effective: views * 1e6,
          };
          for (const part of classic.parts(given, site)) {
            expect(Number.isSafeInteger(part)).toBe(true);
            expect(Object.is(part, -0)).toBe(false);
          }
        },
      ),
    );
  });
});

describe('a formula', () => {
  test('is named by its canonical text, whatever order its parameters were given in', () => {
    const reversed = Object.fromEntries(Object.entries(classicFormula.parameters).toReversed());
    expect(formulaText({ ...classicFormula, parameters: reversed })).toBe(
      formulaText(classicFormula),
    );
    expect(formulaText(viewsFormula)).toBe(
      '{"id":"views","parameters":{"minViews":1},"version":1}',
    );
  });

  test('has a SHA-256 that any tool can recompute', () => {
    // printf '{"id":"views","parameters":{"minViews":1},"version":1}' | sha256sum
    expect(rankFormulas[0]?.ref.hash).toBe(
      '6783e32221d446f1fb3619008d5b5d91f1e562f169d3b8d62db82f0388d6164a',
    );
  });

  test('of an unknown id is refused by name', () => {
    expect(() => scorerOf({ id: 'magic', version: 1, parameters: {} })).toThrow(
      'no formula magic: known are classic, trending, views',
    );
  });
});

test('no formula calls a token eligible that has less than it says, or scores it higher than it says', () => {
  const count = fc.oneof(fc.nat(20), fc.nat(100_000));
  const token = fc.record({
    views: count,
    visitors: count,
    returners: fc.integer({ min: -1, max: 50 }),
  });
  const site = fc.record({
    window: fc.constantFrom(...windowNames),
    tokens: fc.constant(1_000),
    views: count,
    effective: fc.oneof(count, fc.nat(100_000_000)).map((visitors) => visitors * 1_000_000),
  });
  const own: Formula = {
    ...trendingFormula,
    parameters: { ...trendingFormula.parameters, floorVisitors: 3 },
  };
  const near = fc.option(fc.integer({ min: -2, max: 2 }), { nil: undefined });
  const scorers = [...builtInFormulas, own].map(scorerOf);
  fc.assert(
    fc.property(token, site, near, ({ visitors, ...given }, totals, offMicro) => {
      // The share of the site that carries a token, to the micro.
      const share = Math.ceil((totals.effective * 3) / 10_000) + (offMicro ?? 0);
      const effective = Math.max(0, offMicro === undefined ? visitors * 1_000_000 : share);
      const features = candidateOf('eth:0x1', { ...given, visitors, effective });
      for (const scorer of scorers) {
        const least = scorer.least?.(totals) ?? { views: 0, effective: 0 };
        const isEnough = features.views >= least.views && effective >= least.effective;
        if (!scorer.isEligible(features, totals)) continue;
        expect(isEnough).toBe(true);
        const most = scorer.most?.(features.views) ?? Number.POSITIVE_INFINITY;
        expect(scoreOf(scorer, features, totals)).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 2_000 },
  );
});
