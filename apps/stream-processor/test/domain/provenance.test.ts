import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dominantBucket,
  isFromOne,
  provenanceBuckets,
  provenanceOf,
} from '../../src/domain/provenance.ts';

const site = [0, 400, 300, 200, 100, 0, 0, 0];

describe('where a view comes from', () => {
  test('is a small number, the same for the same source and country', () => {
    const names = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(names, fc.option(names), (source, country) => {
        const provenance = provenanceOf({ source, country });
        expect(provenance).toBe(provenanceOf({ source, country }));
        expect(provenance).toBeGreaterThanOrEqual(0);
        expect(provenance).toBeLessThan(provenanceBuckets ** 2);
      }),
    );
  });

  test('tells an unknown country from every known one', () => {
    const place = (country: string | null) => provenanceOf({ source: 'web', country }) % 16;
    expect(place(null)).toBe(0);
    expect(['CH', 'DE', 'US', 'CN', ''].map(place)).not.toContain(0);
  });
});

describe('a token’s views', () => {
  test('have a bucket that more than half of them share, or none', () => {
    expect(dominantBucket([0, 3, 5, 0])).toBe(2);
    expect(dominantBucket([0, 4, 4, 0])).toBe(-1);
    expect(dominantBucket([0, 0, 7, 0])).toBe(-1);
  });

  test('are from one where neither the token’s past nor the site explains it', () => {
    const crowd = [3, 90, 100];
    expect(isFromOne([...crowd, 0, 0], site)).toBe(true);
    expect(isFromOne([...crowd, 20, 100], site)).toBe(true);
    expect(isFromOne([...crowd, 80, 100], site)).toBe(false);
    expect(isFromOne([3, 51, 100, 30, 100], site)).toBe(false);
    expect(isFromOne([], site)).toBe(false);
  });

  test('are never from one that half of the site has, nor where nobody else is', () => {
    expect(isFromOne([1, 100, 100, 0, 0], [0, 700, 600, 0, 0, 0, 0, 0])).toBe(false);
    expect(isFromOne([1, 100, 100, 0, 0], [0, 100, 0, 0, 0, 0, 0, 0])).toBe(false);
  });
});
