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
    expect(table.apply(4, 'eth:0xa', metadata(['meme', 'defi', 'meme']))).toBe('sums');
    expect(table.categoriesOf('eth:0xa')).toEqual(['defi', 'meme']);
    expect(table.apply(5, 'eth:0xa', metadata(['defi', 'meme']))).toBe('nothing');
    expect(table.offset).toBe(6);
    expect(table.apply(9, 'eth:0xa', null)).toBe('sums');
    expect(table.categoriesOf('eth:0xa')).toEqual([]);
  });

  it('knows since when a token is there, and says when that changed', () => {
    const table = new CategoryTable();
    const born = (createdAt: number | null) => ({ ...metadata([]), createdAt });
    expect(table.createdAtOf('eth:0xa')).toBeUndefined();
    expect(table.apply(0, 'eth:0xa', born(5))).toBe('sums');
    expect(table.createdAtOf('eth:0xa')).toBe(5);
    expect(table.apply(1, 'eth:0xa', born(5))).toBe('nothing');
    expect(table.apply(2, 'eth:0xa', born(null))).toBe('sums');
    expect(table.createdAtOf('eth:0xa')).toBeUndefined();
  });

  it('keeps a token’s week apart from what else is known of it, and needs no sums for it', () => {
    const table = new CategoryTable();
    const indexMicro = Array.from({ length: 168 }, (_, hour) => 1_000_000 + hour);
    const week = { computedAt: 5, weeks: 4, indexMicro };
    table.apply(0, 'eth:0xa', metadata(['meme']));
    expect(table.apply(1, 'week|eth:0xa', { ...metadata([]), week })).toBe('week');
    expect(table.offset).toBe(2);
    expect(Array.from(table.weekOf('eth:0xa') ?? [])).toEqual(indexMicro);
    expect(table.categoriesOf('eth:0xa')).toEqual(['meme']);
    expect(table.categoriesOf('week|eth:0xa')).toEqual([]);
    table.apply(2, 'eth:0xa', null);
    expect(table.weekOf('eth:0xa')).toBeDefined();
    expect(table.apply(3, 'week|eth:0xa', null)).toBe('week');
    expect(table.weekOf('eth:0xa')).toBeUndefined();
  });

  it('takes no week that is not of 168 hours, and none from under the token’s own key', () => {
    const table = new CategoryTable();
    const week = { computedAt: 5, weeks: 4, indexMicro: new Array<number>(167).fill(2_000_000) };
    table.apply(0, 'week|eth:0xa', { ...metadata([]), week });
    expect(table.weekOf('eth:0xa')).toBeUndefined();
    const whole = { ...week, indexMicro: [...week.indexMicro, 2_000_000] };
    table.apply(1, 'eth:0xa', { ...metadata([]), week: whole });
    expect(table.weekOf('eth:0xa')).toBeUndefined();
  });

  it('takes at most eight categories of a token', () => {
    const table = new CategoryTable();
    table.apply(0, 'eth:0xa', metadata([...'jihgfedcba']));
    expect(table.categoriesOf('eth:0xa')).toEqual([...'abcdefgh']);
  });
});
