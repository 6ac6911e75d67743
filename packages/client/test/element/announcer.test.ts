import { expect, test } from 'vitest';
import { Announcer } from '../../src/element/announcer.ts';
import { item } from '../subscribe/support/frames.ts';

const named = (...symbols: string[]) =>
  symbols.map((symbol, i) => item(`eth:${symbol}`, i + 1, { symbol }));

test('the head of the board is told at most every half minute, and only when it changed', () => {
  const announcer = new Announcer();
  announcer.observe(named('A', 'B', 'C', 'D'), 0);
  expect(announcer.text).toBe('Trending now: A, B, C.');
  announcer.observe(named('B', 'A', 'C'), 29_999);
  expect(announcer.text).toBe('Trending now: A, B, C.');
  announcer.observe(named('B', 'A', 'C'), 30_000);
  expect(announcer.text).toBe('Trending now: B, A, C.');
});

test('an empty board is said to be empty', () => {
  const announcer = new Announcer();
  announcer.observe(named('A'), 0);
  announcer.observe([], 60_000);
  expect(announcer.text).toBe('The board is empty.');
});
