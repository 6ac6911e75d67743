import type { TokenMetadata } from '@trending/schemas';
import { describe, expect, it } from 'vitest';
import { CategoryTable } from '../../src/state/category-table.ts';

const metadata = (categories: string[]): TokenMetadata => ({
  chain: 'eth',
  address: '0xa',
  name: 'A',
  symbol: 'A',
  categories,
  createdAt: null,
  logoUri: null,
  updatedAt: 0,
});

describe('category table', () => {
  it('holds the newest categories, sorted and once each, and says when they changed', () => {
    const table = new CategoryTable();
    expect(table.apply(4, 'eth:0xa', metadata(['meme', 'defi', 'meme']))).toBe(true);
    expect(table.categoriesOf('eth:0xa')).toEqual(['defi', 'meme']);
    expect(table.apply(5, 'eth:0xa', metadata(['defi', 'meme']))).toBe(false);
    expect(table.offset).toBe(6);
    expect(table.apply(9, 'eth:0xa', null)).toBe(true);
    expect(table.categoriesOf('eth:0xa')).toEqual([]);
  });

  it('knows since when a token is there, and says when that changed', () => {
    const table = new CategoryTable();
    const born = (createdAt: number | null) => ({ ...metadata([]), createdAt });
    expect(table.createdAtOf('eth:0xa')).toBeUndefined();
    expect(table.apply(0, 'eth:0xa', born(5))).toBe(true);
    expect(table.createdAtOf('eth:0xa')).toBe(5);
    expect(table.apply(1, 'eth:0xa', born(5))).toBe(false);
    expect(table.apply(2, 'eth:0xa', born(null))).toBe(true);
    expect(table.createdAtOf('eth:0xa')).toBeUndefined();
  });

  it('takes at most eight categories of a token', () => {
    const table = new CategoryTable();
    table.apply(0, 'eth:0xa', metadata([...'jihgfedcba']));
    expect(table.categoriesOf('eth:0xa')).toEqual([...'abcdefgh']);
  });
});
