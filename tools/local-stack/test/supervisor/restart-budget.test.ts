import { describe, expect, test } from 'vitest';
import { restartDelay, restartDelayForEver } from '../../src/supervisor/restart-budget.ts';

describe('after a crash', () => {
  test('the wait grows with every crash of the last two minutes', () => {
    const waits = [0, 1, 2, 3, 4].map((count) =>
      restartDelay(
        Array.from({ length: count }, () => 1_000),
        2_000,
      ),
    );
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  test('the sixth within two minutes is one too many', () => {
    expect(restartDelay([1, 2, 3, 4, 5], 100)).toBeUndefined();
  });

  test('of a fault run every service comes back, after eight seconds at most', () => {
    expect(restartDelayForEver([1, 2], 100)).toBe(1_000);
    expect(restartDelayForEver([1, 2, 3, 4, 5, 6, 7, 8], 100)).toBe(8_000);
  });

  test('crashes long ago are forgiven, the boundary included', () => {
    expect(restartDelay([0, 0, 0, 0, 0], 120_000)).toBe(250);
    expect(restartDelay([1, 1, 1, 1, 1], 120_000)).toBeUndefined();
  });
});
