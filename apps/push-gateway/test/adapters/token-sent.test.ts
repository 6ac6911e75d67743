import { expect, test } from 'vitest';
import { bearerOf } from '../../src/adapters/token-sent.ts';

test.each([
  ['Bearer abc', 'abc'],
  ['bearer   a b  ', 'a b'],
  ['Basic abc', undefined],
  ['Bearer ', undefined],
  [undefined, undefined],
])('of the header %s the token is %s', (header, token) => {
  expect(bearerOf(header)).toBe(token);
});

test('a header of blanks is read in steps of its length, not of its square', () => {
  const millisOf = (blanks: number) => {
    const header = `Bearer x${' '.repeat(blanks)}y`;
    const began = performance.now();
    for (let i = 0; i < 20; i += 1) bearerOf(header);
    return performance.now() - began;
  };
  millisOf(1_000);
  // Looking for the end at every blank again takes 400 times as long, eight seconds; the bound lets a busy machine pause.
  expect(millisOf(20_000)).toBeLessThan(100 * Math.max(20, millisOf(1_000)));
});
