import { expect, test } from 'vitest';
import { rankSeries } from '../../../src/page/compare/rank-series.ts';

const answer = (...points: (readonly [second: number, rank: number | null])[]) => ({
  ...{ token: 't', step: '1m', from: '', to: '', window: '1h', formula: 'trending' },
  points: points.map(([second, bestRank]) => ({
    ...{ at: new Date(second * 1_000).toISOString(), views: 1, visitors: 1, bestRank },
  })),
});

test('tokens seen at different times share one axis, with gaps where one was not ranked', () => {
  expect(rankSeries([answer([60, 2], [120, 1]), answer([120, null], [0, 5])])).toEqual([
    [0, 60, 120],
    [null, 2, 1],
    [5, null, null],
  ]);
  expect(rankSeries([])).toEqual([[]]);
});
