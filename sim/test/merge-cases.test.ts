import { describe, expect, test } from 'vitest';
import { mergeCases } from '../src/merge/merge-cases.ts';

/** Without room for many cases of `npm run merge-cases`: each kind of site is met, the rarest by its seed. */
const cases = 160;
const hugeSeed = 1_006;
/** Views a day before that no partition's minutes round to whole numbers. */
const dayBeforeSeed = 199;
/** A classic board of it lacks a token that no partition ships. */
const cutShortSeed = 1_740;

describe('the merged boards of partitions', () => {
  test('are what one process that sees every token ranks, with floors, ties, chains and categories', () => {
    const { wrong, cases: done, kinds, leftOut } = mergeCases({ from: 1, count: cases });
    expect(wrong).toEqual([]);
    expect(done).toBe(cases);
    expect(kinds).toMatchObject({
      few: expect.toSatisfy(some),
      tied: expect.toSatisfy(some),
      crowded: expect.toSatisfy(some),
    });
    expect(leftOut).toBeGreaterThan(0);
  });

  test('are so when the share of a huge site asks for more visitors than the least number', () => {
    const { wrong, kinds, leftOut } = mergeCases({ from: hugeSeed, count: 1 });
    expect(wrong).toEqual([]);
    expect(kinds.huge).toBe(1);
    expect(leftOut).toBeGreaterThan(0);
  });

  test('know as much of the day before as one process, to the view', () => {
    expect(mergeCases({ from: dayBeforeSeed, count: 1 }).wrong).toEqual([]);
  });

  test('of classic are those of the tokens shipped where a partition has too many that are more viewed', () => {
    const { wrong, cutShort } = mergeCases({ from: cutShortSeed, count: 1 });
    expect(wrong).toEqual([]);
    expect(cutShort).toBeGreaterThan(0);
  });
});

function some(count: number): boolean {
  return count > 0;
}
