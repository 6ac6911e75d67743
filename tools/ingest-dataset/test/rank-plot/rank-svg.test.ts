import { describe, expect, test } from 'vitest';
import { plottedBoard, rankSeries } from '../../src/rank-plot/rank-series.ts';
import { rankSvg } from '../../src/rank-plot/rank-svg.ts';

const board = (asOf: number, ...tokens: string[]) => ({
  asOf,
  items: tokens.map((token, i) => ({ rank: i + 1, token })),
});
const settings = { everyMs: 10, ranksMax: 2 };

describe('ranks over time', () => {
  test('come from the newest board at each step', () => {
    const { times, lines } = rankSeries(
      [board(10, 'nab:A', 'nab:B'), board(25, 'nab:B', 'nab:A'), board(40, 'nab:B')],
      settings,
    );
    expect(times).toEqual([10, 20, 30, 40]);
    expect(lines.map(({ token, points }) => [token, points.map(({ rank }) => rank)])).toEqual([
      ['nab:A', [1, 1, 2, undefined]],
      ['nab:B', [2, 2, 1, 1]],
    ]);
  });

  test('leave out tokens that never came far enough up', () => {
    const { lines } = rankSeries([board(10, 'nab:A', 'nab:B', 'nab:C')], settings);
    expect(lines.map(({ token }) => token)).toEqual(['nab:A', 'nab:B']);
  });

  test('are read from the lines of the board that is asked for', () => {
    const line = JSON.stringify({
      ...board(5, 'nab:A'),
      formula: { id: 'views' },
      window: '1h',
      scope: 'all',
    });
    const wanted = { formula: 'views', window: '1h', scope: 'all' };
    expect(plottedBoard(line, wanted)).toEqual(board(5, 'nab:A'));
    expect(plottedBoard(line, { ...wanted, window: '5m' })).toBeUndefined();
  });
});

describe('the picture', () => {
  const draw = (title: string) =>
    rankSvg(
      rankSeries(
        [board(10, 'nab:A', 'nab:B'), board(20, 'nab:B'), board(30, 'nab:B', 'nab:A')],
        settings,
      ),
      {
        title,
        subtitle: 's',
        ranksMax: 2,
      },
    );

  test('has a line a token, broken where it was not on the board', () => {
    const svg = draw('t');
    expect(svg.match(/<title>/g)).toHaveLength(2);
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg.match(/<path/g)).toHaveLength(2);
  });

  test('is the same text every time and escapes what it is given', () => {
    expect(draw('a<b')).toBe(draw('a<b'));
    expect(draw('a<b')).toContain('a&lt;b');
  });
});
