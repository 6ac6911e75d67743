import { describe, expect, test } from 'vitest';
import { comesByTheClock } from '../../src/domain/cadence.ts';
import { Chance } from '../../src/evaluate/planted/random.ts';

/** The running part, at the end, says nothing. */
const partsOf = (counts: readonly number[], running = 0) => [
  ...Array<number>(11 - counts.length).fill(0),
  ...counts,
  running,
];

describe('views that come by the clock', () => {
  test('are seen after five even parts, whatever was before and whatever the running one has', () => {
    expect(comesByTheClock(partsOf([20, 20, 20, 20, 20]))).toBe(true);
    expect(comesByTheClock(partsOf([3, 0, 9, 20, 20, 20, 20, 20], 7))).toBe(true);
    expect(comesByTheClock(partsOf([20, 20, 20, 20]))).toBe(false);
    expect(comesByTheClock(partsOf([20, 20, 26, 20, 20]))).toBe(false);
  });

  test('need views enough: one in a part now and then is even by chance', () => {
    expect(comesByTheClock(partsOf(Array<number>(11).fill(1)))).toBe(false);
    expect(comesByTheClock(partsOf(Array<number>(11).fill(5)))).toBe(true);
    expect(comesByTheClock(partsOf([]))).toBe(false);
  });

  test('are seen beside the few who look by chance', () => {
    const chance = new Chance(3);
    const looks = () => partsOf(Array.from({ length: 11 }, () => 20 + chance.poisson(0.3)));
    const seen = Array.from({ length: 200 }, looks).filter(comesByTheClock).length;
    expect(seen).toBeGreaterThan(190);
  });

  test('are hardly ever taken for such when they come by chance', () => {
    const chance = new Chance(5);
    for (const mean of [4, 20, 200]) {
      const visits = () => partsOf(Array.from({ length: 11 }, () => chance.poisson(mean)));
      const taken = Array.from({ length: 20_000 }, visits).filter(comesByTheClock).length;
      // Seven looks at one in 10,000 each; and counts are whole numbers, so a small mean is more often even.
      expect(taken, `${mean} a part`).toBeLessThan(20);
    }
  });
});
