import { expect, test } from 'vitest';
import {
  formulasIn,
  noOptions,
  optionsOfScopes,
  shownLimit,
  withItems,
} from '../../src/element/board-options.ts';
import { formulaChoices, tabAfter } from '../../src/element/parts/toolbar.ts';
import { item } from '../subscribe/support/frames.ts';

test('scopes become filters, sorted and once each', () => {
  const scopes = ['all', 'chain:sol', 'category:meme', 'chain:eth', 'chain:sol'];
  expect(optionsOfScopes(scopes)).toEqual({ chains: ['eth', 'sol'], categories: ['meme'] });
});

test('rows add what the gateway did not tell, and change nothing otherwise', () => {
  const items = [item('eth:0x1', 1, { categories: ['defi'] }), item('ton:x', 2)];
  const options = withItems(noOptions, items);
  expect(options).toEqual({ chains: ['eth', 'ton'], categories: ['defi'], formulas: [] });
  expect(withItems(options, items)).toBe(options);
});

test('formulas that operators added are offered behind those there always are', () => {
  const answer = { formulas: [{ id: 'trending-b' }, { id: 'views' }, { id: 'trending-b' }, {}] };
  expect(formulasIn(answer)).toEqual(['trending-b', 'views']);
  expect(formulasIn({ formulas: 'all' })).toEqual([]);
  const choices = formulaChoices(['interleave:a+b', 'trending-b', 'views']);
  expect(choices.slice(3)).toEqual([
    { id: 'interleave:a+b', label: 'a + b' },
    { id: 'trending-b', label: 'Trending b' },
  ]);
  expect(formulaChoices([]).map(({ id }) => id)).toEqual(['trending', 'classic', 'views']);
});

test('arrow keys go round the tabs, Home and End to their ends', () => {
  expect(tabAfter('ArrowRight', 3)).toBe(0);
  expect(tabAfter('ArrowLeft', 0)).toBe(3);
  expect(tabAfter('Home', 2)).toBe(0);
  expect(tabAfter('End', 2)).toBe(3);
  expect(tabAfter('a', 2)).toBeUndefined();
});

test.each([
  [7, 7],
  [0, 1],
  [-3, 1],
  [2.9, 2],
  [1_000, 100],
  [Number.POSITIVE_INFINITY, 100],
  [Number.NaN, 20],
  [null, 20],
  [undefined, 20],
  ['abc', 20],
  ['30', 30],
])('a limit of %s shows %i rows', (limit, rows) => {
  expect(shownLimit(limit)).toBe(rows);
});
