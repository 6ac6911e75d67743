import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenceOf, rankBiasedOverlap, totalOf } from '../../src/what-if/compare.ts';

const list = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 12 });

describe('rank-biased overlap', () => {
  test('is the weighted mean of the overlaps at every depth', () => {
    fc.assert(
      fc.property(list, list, (one, two) => {
        const depth = Math.max(one.length, two.length);
        let [sum, weights] = [0, 0];
        for (let d = 1; d <= depth; d += 1) {
          const common = one.slice(0, d).filter((token) => two.slice(0, d).includes(token)).length;
          sum += (0.9 ** (d - 1) * common) / d;
          weights += 0.9 ** (d - 1);
        }
        const expected = depth === 0 ? 1 : sum / weights;
        expect(rankBiasedOverlap(one, two)).toBeCloseTo(expected, 12);
        expect(rankBiasedOverlap(one, two)).toBe(rankBiasedOverlap(two, one));
      }),
    );
  });

  test('is 1 for the same list and 0 for strangers', () => {
    expect(rankBiasedOverlap(['a', 'b'], ['a', 'b'])).toBe(1);
    expect(rankBiasedOverlap([], [])).toBe(1);
    expect(rankBiasedOverlap(['a'], ['b'])).toBe(0);
  });
});

describe('a difference', () => {
  const boards = { served: ['a', 'b', 'c', 'd'], tried: ['d', 'a', 'x', 'b'] };

  test('names who comes, who goes, and who stands elsewhere among the first places', () => {
    expect(differenceOf(7, boards, 3)).toMatchObject({
      ...{ at: 7, entrants: ['d', 'x'], leavers: ['b', 'c'], overlap: 1 / 3 },
      moves: [
        { token: 'd', from: 4, to: 1 },
        { token: 'a', from: 1, to: 2 },
      ],
    });
  });

  test('is none between equal boards', () => {
    const same = differenceOf(7, { served: boards.served, tried: boards.served }, 3);
    expect(same).toEqual({ at: 7, overlap: 1, rbo: 1, entrants: [], leavers: [], moves: [] });
  });

  test('sums up over looks: means, counts by token, the farthest move of each', () => {
    const steps = [
      differenceOf(1, boards, 4),
      differenceOf(2, { served: ['a', 'd'], tried: ['d', 'a'] }, 4),
      differenceOf(3, { served: ['a'], tried: ['a'] }, 4),
    ];
    expect(totalOf(steps)).toMatchObject({
      ...{ steps: 3, unchanged: 1, overlap: (3 / 4 + 1 + 1) / 3 },
      entrants: [{ token: 'x', steps: 1 }],
      leavers: [{ token: 'c', steps: 1 }],
      moves: [
        { token: 'd', from: 4, to: 1, at: 1 },
        { token: 'b', from: 2, to: 4, at: 1 },
        { token: 'a', from: 1, to: 2, at: 1 },
      ],
    });
    expect(totalOf([])).toMatchObject({ steps: 0, overlap: 1, rbo: 1 });
  });
});
