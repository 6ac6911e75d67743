import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excessMicro, burstOnset as onsetOf } from '../../src/domain/burst-onset.ts';

const micro = 1_000_000;

/** Of arrivals in every step, empty ones included. */
function burstOnset(arrivals: readonly number[], usual: number) {
  const steps = arrivals.flatMap((count, step) => (count > 0 ? [step] : []));
  const counts = arrivals.filter((count) => count > 0);
  return onsetOf({ steps, counts, length: arrivals.length }, usual);
}

/** Tries every beginning. */
function bruteForce(arrivals: readonly number[], usual: number): number {
  let best = 0;
  for (let start = 0; start < arrivals.length; start += 1) {
    const seen = arrivals.slice(start).reduce((sum, x) => sum + x, 0);
    best = Math.max(best, excessMicro(seen, usual * (arrivals.length - start)));
  }
  return best;
}

describe('a burst', () => {
  test('is as surprising as the most surprising of all beginnings, and begins there', () => {
    const counts = fc.array(
      fc.oneof(fc.nat(3), fc.nat(60)).map((n) => n * 700_000),
      { minLength: 1, maxLength: 150 },
    );
    const usual = fc.integer({ min: 1, max: 20 * micro });
    fc.assert(
      fc.property(counts, usual, (arrivals, expected) => {
        const { zMicro, start } = burstOnset(arrivals, expected);
        expect(zMicro).toBe(bruteForce(arrivals, expected));
        expect(start < 0).toBe(zMicro === 0);
        if (start < 0) return;
        const seen = arrivals.slice(start).reduce((sum, x) => sum + x, 0);
        expect(excessMicro(seen, expected * (arrivals.length - start))).toBe(zMicro);
      }),
      { numRuns: 500 },
    );
  });

  test('is told from the minute it began', () => {
    const arrivals = [
      ...new Array<number>(40).fill(micro),
      ...new Array<number>(15).fill(6 * micro),
    ];
    const { zMicro, start } = burstOnset(arrivals, micro);
    expect(start).toBe(40);
    expect(zMicro).toBeGreaterThan(5 * micro);
  });

  test('is none where everything is as usual, or nothing came', () => {
    expect(burstOnset(new Array<number>(60).fill(micro), micro)).toEqual({ zMicro: 0, start: -1 });
    expect(burstOnset([], micro)).toEqual({ zMicro: 0, start: -1 });
  });
});
