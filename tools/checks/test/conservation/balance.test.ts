import { describe, expect, test } from 'vitest';
import { balanceOf, type PartitionFacts } from '../../src/conservation/balance.ts';

const fates = {
  ...{ counted: 5, lateCounted: 1, lateDropped: 1, duplicate: 1, filtered: 1, deadLettered: 1 },
  markers: 0,
};
const own = { partition: 0, position: 30, accepted: 10, residual: 0, unaccepted: 0, fates };
const whole: PartitionFacts = {
  ...{ partition: 0, logStart: 20, logEnd: 30, deadLetters: 1, undecodable: 1 },
  markers: 0,
  ...{ rows: 9, places: 9 },
  fates: own,
};

describe('the conservation law', () => {
  test('holds when every record has one fate and one place', () => {
    expect(balanceOf(whole)).toMatchObject({ lag: 0, broken: [] });
  });

  test.each<[string, Partial<PartitionFacts>, string]>([
    ['a row is missing', { rows: 8, places: 8 }, 'rows missing 1'],
    ['a row is there twice', { rows: 10 }, 'rows twice 1'],
    ['a dead letter is missing', { deadLetters: 0 }, 'dead letters missing 1'],
    ['records wait', { logEnd: 31, undecodable: 2 }, 'lag 1'],
    ['a record was not accepted', { fates: { ...own, unaccepted: 1 } }, 'not accepted 1'],
    ['nobody tells', { fates: { ...own, unaccepted: Number.NaN } }, 'not accepted NaN'],
    ['nobody counts', { fates: undefined }, 'no processor holds it'],
  ])('is broken when %s', (_, change, law) => {
    expect(balanceOf({ ...whole, ...change }).broken).toEqual([law]);
  });

  test('a moving log excuses what waits, never what is there twice', () => {
    const waiting = balanceOf({ ...whole, logEnd: 31, rows: 8, places: 8, deadLetters: 0 });
    expect(waiting.broken).not.toEqual([]);
    expect(waiting.alwaysBroken).toEqual([]);
    expect(balanceOf({ ...whole, rows: 10 }).alwaysBroken).toEqual(['rows twice 1']);
  });

  test('an offset with the mark of a transaction needs no row', () => {
    const marked = { ...whole, rows: 7, places: 7, markers: 2 };
    expect(balanceOf(marked).broken).toEqual([]);
    expect(balanceOf({ ...marked, rows: 6, places: 6 }).broken).toEqual(['rows missing 1']);
  });

  test('a rebuilt state may know fewer dead letters than there are', () => {
    expect(balanceOf({ ...whole, deadLetters: 3 }).broken).toEqual([]);
  });
});
