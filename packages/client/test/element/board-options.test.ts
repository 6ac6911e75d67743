import { expect, test } from 'vitest';
import { noOptions, optionsOfScopes, withItems } from '../../src/element/board-options.ts';
import { tabAfter } from '../../src/element/parts/toolbar.ts';
import { item } from '../subscribe/support/frames.ts';

test('scopes become filters, sorted and once each', () => {
  const scopes = ['all', 'chain:sol', 'category:meme', 'chain:eth', 'chain:sol'];
  expect(optionsOfScopes(scopes)).toEqual({ chains: ['eth', 'sol'], categories: ['meme'] });
});

test('rows add what the gateway did not tell, and change nothing otherwise', () => {
  const items = [item('eth:0x1', 1, { categories: ['defi'] }), item('ton:x', 2)];
  const options = withItems(noOptions, items);
  expect(options).toEqual({ chains: ['eth', 'ton'], categories: ['defi'] });
  expect(withItems(options, items)).toBe(options);
});

test('arrow keys go round the tabs, Home and End to their ends', () => {
  expect(tabAfter('ArrowRight', 3)).toBe(0);
  expect(tabAfter('ArrowLeft', 0)).toBe(3);
  expect(tabAfter('Home', 2)).toBe(0);
  expect(tabAfter('End', 2)).toBe(3);
  expect(tabAfter('a', 2)).toBeUndefined();
});
