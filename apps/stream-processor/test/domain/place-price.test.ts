import { Registry } from '@trending/runtime';
import { type FeatureSet, scopeAll, windows } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { placePrices } from '../../src/domain/place-price.ts';
import { Rescored } from '../../src/domain/rescore.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { createRankMetrics } from '../../src/tasks/rank-metrics.ts';
import { measurePrices } from '../../src/tasks/rank-prices.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const trending = rankFormulas.find(({ ref }) => ref.id === 'trending')!;
const micro = 1_000_000;

/** A site of 10,000 visitors on which four in ten look twice, with so many tokens of `visitors` where two are usual. */
function siteOf(tokens: number, visitors: number): Omit<FeatureSet, 'epoch'> {
  const item = (index: number) =>
    candidateOf(`eth:0x${index}`, {
      ...{ views: visitors * 2, visitors, returners: visitors, networks: visitors },
      ...{ effective: visitors * micro, histH: 200, histHours: 40, histMinutes: 2_400 },
      horizons: [visitors * micro * 0.5, visitors * micro * 0.25],
      horizonVisitors: [visitors * 0.5, visitors * 0.25],
      horizonReturners: [visitors * 0.5, visitors * 0.25],
    });
  return {
    ...{ window: '1h', asOf: 0, controlOffset: 0, cut: [], formulas: [], held: [] },
    totals: { tokens: 1_000, views: 16_000, effective: 10_000 * micro },
    candidates: tokens,
    items: Array.from({ length: tokens }, (_, index) => item(index)),
    site: {
      ...noHistory,
      ...{ histH: 1_000_000, hours: 40, visitors: 10_000, returners: 4_500 },
      horizons: [5_000 * micro, 2_500 * micro],
      ...{ horizonVisitors: [5_000, 2_500], horizonReturners: [2_200, 1_000] },
      ratios: Array.from({ length: 17 }, () => ({ sum: 950_000 * 100, count: 100 })),
    },
  };
}

function priceOf(set: Omit<FeatureSet, 'epoch'>, attacker: 'looking twice' | 'all distinct') {
  const board = new Rescored(set, windows[1]!, [scopeAll]).board(trending, scopeAll);
  const asked = { formula: trending, tenthMicro: board[9]?.scoreMicro ?? 0 };
  return placePrices(set, asked).get(attacker)?.visitors ?? Number.POSITIVE_INFINITY;
}

describe('the price of a place', () => {
  test('is the support floor where hardly anything trends, for visitors who look twice', () => {
    expect(priceOf(siteOf(3, 40), 'looking twice')).toBe(5);
  });

  test('rises with what stands in the tenth place, and is higher for those who look once', () => {
    const [some, much] = [siteOf(10, 20), siteOf(10, 60)];
    const price = priceOf(some, 'looking twice');
    expect(price).toBeGreaterThan(5);
    expect(priceOf(much, 'looking twice')).toBeGreaterThan(price);
    expect(priceOf(some, 'all distinct')).toBeGreaterThan(price);
    // Nine such tokens leave the tenth place to anybody on the floor.
    expect(priceOf(siteOf(9, 60), 'looking twice')).toBe(5);
  });

  test('is of no window that does not exist', () => {
    const asked = { formula: trending, tenthMicro: 0 };
    expect(placePrices({ ...siteOf(3, 40), window: '2h' }, asked).size).toBe(0);
  });

  test('is told by the tenth place of the board that stands', async () => {
    const registry = new Registry();
    const metrics = createRankMetrics(registry, () => new Map());
    const set = { ...siteOf(3, 40), epoch: 1, formulas: [trending.text] };
    const told = async () => {
      const series = 'trending_place_price_visitors{attacker="looking twice",window="1h"} ';
      return Number((await registry.metrics()).split(series)[1]?.split('\n')[0]);
    };
    const boardOf = (scores: readonly number[]) => ({
      items: scores.map((points) => ({ scoreMicro: points * micro })),
    });
    const nine = Array.from({ length: 9 }, () => 6);
    measurePrices(metrics, [set], () => boardOf(nine) as never);
    expect(await told()).toBe(5);
    measurePrices(metrics, [set], (key) =>
      key === 'trending|1h|all' ? (boardOf([...nine, 6]) as never) : undefined,
    );
    expect(await told()).toBeGreaterThan(10);
  });
});
