import { describe, expect, test } from 'vitest';
import { attackCostOf, medianCost } from '../../src/domain/attack-cost.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const trending = rankFormulas.find(({ ref }) => ref.id === 'trending')!;
const views = rankFormulas.find(({ ref }) => ref.id === 'views')!;
const micro = 1_000_000;
const token = candidateOf('eth:0x1', {
  views: 3,
  visitors: 2,
  networks: 2,
  effective: 2 * micro,
  returners: 1,
  horizons: [micro, 0],
  horizonVisitors: [1, 0],
  horizonReturners: [0, 0],
  histH: 100,
  histHours: 40,
  histMinutes: 2_400,
});
const site = {
  tokens: 1_000,
  views: 16_000,
  effective: 10_000 * micro,
  window: '1h' as const,
  site: {
    ...noHistory,
    histH: 1_000_000,
    horizons: [5_000 * micro, 2_500 * micro],
    ratios: Array.from({ length: 17 }, () => ({ sum: 950_000 * 100, count: 100 })),
    visitors: 10_000,
    returners: 4_500,
    horizonVisitors: [5_000, 2_500],
    horizonReturners: [2_200, 1_000],
    hours: 40,
  },
};
const costOf = (attacker: Parameters<typeof attackCostOf>[0], tenth: number, formula = trending) =>
  attackCostOf(attacker, { token, formula, site, tenthMicro: tenth * micro });

describe('the cost of an attack', () => {
  test('knows what a network counts for in the window: of four from one network, two in five minutes', () => {
    // Nobody looks twice here, and nothing is usual of networks: what counts is the support floor, four in five minutes and five in an hour.
    const past = { ...noHistory, histH: 1_000_000, hours: 40, visitors: 10_000 };
    const quiet = candidateOf('eth:0x2', {
      ...{ views: 0, visitors: 0, networks: 0, effective: 0, returners: 0 },
      ...{
        horizons: [],
        horizonVisitors: [],
        horizonReturners: [],
        histHours: 40,
        histMinutes: 2_400,
      },
    });
    const asked = { token: quiet, formula: trending, tenthMicro: 0 };
    const networksIn = (window: '5m' | '1h', attacker: 'all distinct' | 'four a network') =>
      attackCostOf(attacker, { ...asked, site: { ...site, window, site: past } }).networks;
    expect(networksIn('5m', 'all distinct')).toBe(4);
    expect(networksIn('5m', 'four a network')).toBe(2);
    expect(networksIn('1h', 'four a network')).toBe(2);
  });

  test('is the least that enters: one visitor less would not', () => {
    const { visitors } = costOf('looking twice', 2);
    const { visitors: exact } = costOf('looking twice', 0);
    // The support floor is five, of which the token has two.
    expect(exact).toBe(3);
    expect(visitors).toBeGreaterThanOrEqual(exact ?? Number.NaN);
    expect(costOf('all distinct', 10, views).views).toBe(8);
  });

  test('is higher, or without end, for visitors who look once, and no lower where they share networks', () => {
    const [once, twice, shared] = [
      costOf('all distinct', 2),
      costOf('looking twice', 2),
      costOf('four a network', 2),
    ].map(({ visitors }) => visitors ?? Number.POSITIVE_INFINITY);
    expect(once).toBeGreaterThan(twice ?? 0);
    expect(shared).toBeGreaterThanOrEqual(once ?? 0);
  });

  test('is no less for visitors who look once because one beside them keeps coming back', () => {
    expect(costOf('looking twice', 4).visitors).not.toBeNull();
    expect(costOf('beside a repeater', 4).visitors).toBeNull();
    expect(costOf('beside a repeater', 10, views)).toMatchObject({ visitors: 1, views: 116 });
  });

  test('does not exist where no number will do', () => {
    expect(costOf('four a network', 11)).toEqual({ visitors: null, networks: null, views: null });
  });

  test('has a middle, each figure by itself', () => {
    const cost = (figure: number | null) => ({ visitors: figure, networks: figure, views: 7 });
    expect(medianCost([cost(9), cost(null), cost(3)])).toEqual({
      visitors: 9,
      networks: 9,
      views: 7,
    });
    expect(medianCost([cost(null), cost(null), cost(3)]).networks).toBeNull();
  });
});
