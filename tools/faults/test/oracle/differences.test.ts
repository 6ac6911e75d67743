import { expect, test } from 'vitest';
import { differencesBetween, lostAndDouble } from '../../src/oracle/differences.ts';

test('what is missing and what is too much are told apart, key by key', () => {
  const expected = new Map([
    ['a', 3],
    ['b', 2],
    ['c', 1],
  ]);
  const actual = new Map([
    ['a', 1],
    ['b', 2],
    ['d', 4],
  ]);
  const found = differencesBetween('here', expected, actual);
  expect(found.map(({ place }) => place)).toEqual(['here a', 'here c', 'here d']);
  expect(lostAndDouble(found)).toEqual({ lost: 3, double: 4 });
});
