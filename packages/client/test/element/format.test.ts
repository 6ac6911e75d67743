import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainLook } from '../../src/element/chains.ts';
import {
  changeText,
  compact,
  durationText,
  hueOf,
  monogram,
  scoreText,
  shortAddress,
} from '../../src/element/format.ts';

test.each([
  [0, '0'],
  [9_999, '9,999'],
  [12_345, '12.3K'],
  [4_200_000, '4.2M'],
])('%d is written as %s', (value, text) => expect(compact(value)).toBe(text));

test('scores of views are counts, all others points with one decimal', () => {
  expect(scoreText(58_000_000, 'views')).toBe('58');
  expect(scoreText(58_000_000, 'classic')).toBe('58.0');
  expect(scoreText(-2_150_000, 'classic')).toBe('-2.1');
});

test.each([
  [125, 100, '+25%'],
  [95, 100, '−5%'],
  [0, 100, '−100%'],
  [1_099, 100, '+999%'],
  [1_200, 100, '×12'],
  [12_340_000, 100, '×123.4K'],
  [1_001, 1_000, ''],
  [7, 0, ''],
])('%d views after %d are a change of "%s"', (views, before, text) =>
  expect(changeText(views, before)).toBe(text),
);

test('addresses are cut in the middle, short ones not at all', () => {
  expect(shortAddress('0x6982508145454ce325ddbe47a25d4ec3d2311933')).toBe('0x6982…1933');
  expect(shortAddress('native')).toBe('native');
});

test('durations change their unit at a second', () => {
  expect(durationText(999.4)).toBe('999 ms');
  expect(durationText(1_440)).toBe('1.4 s');
});

test('a monogram is never empty and never more than two characters', () => {
  expect(monogram('$wif')).toBe('WI');
  expect(monogram('🚀')).toBe('?');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { length } = monogram(text);
      return length >= 1;
    }),
  );
});

test('a hue is a whole degree, for any name', () => {
  fc.assert(fc.property(fc.string(), (text) => Number.isInteger(hueOf(text)) && hueOf(text) < 360));
});

test('a chain nobody told us of is shown by its own name, __proto__ included', () => {
  expect(chainLook('sol').label).toBe('Solana');
  expect(chainLook('newchain').label).toBe('Newchain');
  expect(chainLook('__proto__').label).toBe('__proto__');
});
