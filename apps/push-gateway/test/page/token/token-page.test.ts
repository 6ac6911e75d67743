import { describe, expect, test } from 'vitest';
import { boardOrder } from '../../../src/page/token/board-order.ts';
import { historySeries } from '../../../src/page/token/history-series.ts';
import { tokenFromPath } from '../../../src/page/token/token-api.ts';

describe('the token of a path', () => {
  test('is its chain and its address, decoded', () => {
    expect(tokenFromPath('/token/eth/0x1')).toEqual({ chain: 'eth', address: '0x1' });
    expect(tokenFromPath('/token/sui/0x2%3A%3Asui%3A%3ASUI/')).toEqual({
      chain: 'sui',
      address: '0x2::sui::SUI',
    });
  });

  test('may be as long as a token key allows, however much longer it is as a link', () => {
    const pool = `0x${'2'.repeat(64)}::pool::LP<${Array(3)
      .fill(`0x${'a'.repeat(40)}::c::C`)
      .join(',')}>`;
    const address = pool.padEnd(256, ':');
    expect(encodeURIComponent(address).length).toBeGreaterThan(256);
    expect(tokenFromPath(`/token/sui/${encodeURIComponent(address)}`)).toEqual({
      chain: 'sui',
      address,
    });
  });

  test.each([
    '/token/',
    '/token/eth',
    '/token/eth/',
    '/token/a/b/c',
    '/',
    '/token/eth/%',
    `/token/eth/${'x'.repeat(257)}`,
  ])('is absent from %s', (path) => expect(tokenFromPath(path)).toBeUndefined());
});

test('boards are listed in the same order, wherever the token stands on each', () => {
  const board = (id: string, scope: string) => ({ formula: { id, version: 1, hash: '' }, scope });
  const sorted = [
    board('trending', 'all'),
    board('trending', 'chain:bsc'),
    board('trending', 'chain:eth'),
    board('trending', 'category:ai'),
    board('classic', 'all'),
    board('views', 'category:ai'),
  ];
  for (let turn = 0; turn < sorted.length; turn += 1) {
    const turned = [...sorted.slice(turn), ...sorted.slice(0, turn).toReversed()];
    expect(turned.toSorted(boardOrder)).toEqual(sorted);
  }
});

describe('the columns of the history', () => {
  const answer = {
    token: 'eth:0x1',
    step: '1m',
    from: '1970-01-01T00:00:30.000Z',
    to: '1970-01-01T00:04:10.000Z',
    window: '1h',
    formula: 'trending',
  };

  test('steps that were left out are zero views, and no rank', () => {
    const points = [{ at: '1970-01-01T00:02:00.000Z', views: 7, visitors: 5, bestRank: 3 }];
    expect(historySeries({ ...answer, points })).toEqual([
      [60, 120, 180, 240],
      [0, 7, 0, 0],
      [0, 5, 0, 0],
      [null, 3, null, null],
    ]);
  });

  test('a span of years stays bounded', () => {
    const series = historySeries({ ...answer, to: '2024-01-01T00:00:00.000Z', points: [] });
    expect(series[0].length).toBeLessThanOrEqual(3_001);
  });
});
