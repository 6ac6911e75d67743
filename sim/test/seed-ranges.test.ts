import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missingChunks, type SeedRange } from '../src/seed-ranges.ts';

test('a range without finished chunks is cut into chunks of the size, the last one smaller', () => {
  expect(missingChunks({ from: 11, count: 5 }, [], 2)).toEqual([
    { from: 11, count: 2 },
    { from: 13, count: 2 },
    { from: 15, count: 1 },
  ]);
});

test('whatever is finished, the chunks are the other seeds of the range, each once', () => {
  const ranges = fc.record({
    from: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: 1, max: 15 }),
  });
  fc.assert(
    fc.property(ranges, fc.array(ranges), fc.integer({ min: 1, max: 6 }), (range, done, size) => {
      const finished = new Set(done.flatMap(seedsOf));
      const chunks = missingChunks(range, done, size);
      expect(chunks.flatMap(seedsOf)).toEqual(seedsOf(range).filter((seed) => !finished.has(seed)));
      expect(chunks.every(({ count }) => count >= 1 && count <= size)).toBe(true);
    }),
  );
});

function seedsOf({ from, count }: SeedRange): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
