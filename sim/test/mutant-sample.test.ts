import { expect, test } from 'vitest';
import { mutants } from '../src/mutant-list.ts';
import { sampleOf } from '../src/mutant-sample.ts';

const hashes = Array.from({ length: 200 }, (_, i) =>
  (i * 7_919_317).toString(16).padStart(16, '0'),
);

test('a sample of the mutants is the same for the same source, and has as many as were asked for', () => {
  const [hash = ''] = hashes.slice(1);
  expect(sampleOf(mutants, 6, hash)).toHaveLength(6);
  expect(sampleOf(mutants, 6, hash)).toEqual(sampleOf(mutants, 6, hash));
  expect(sampleOf(mutants, 1_000, hash)).toEqual(mutants);
});

test('sources meet different mutants, in the end all of them', () => {
  const met = new Set(hashes.flatMap((hash) => sampleOf(mutants, 6, hash)));
  expect(met.size).toBe(mutants.length);
});
