import { type Board, windows } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ranking, rankingOf } from '../../src/domain/board.ts';
import { showsTheSame } from '../../src/domain/board-equality.ts';
import { mergeSets } from '../../src/domain/board-merge.ts';
import { bestByScope, siteTotalsOf, totalsOf } from '../../src/domain/board-selection.ts';
import { WindowFacts } from '../../src/domain/item-facts.ts';
import { boardOf, candidateOf, setOf, viewsRank } from '../support/rank-fixtures.ts';

const fiveMinutes = windows[0]!;
const minute = 60_000;

/** The all-board of some tokens with these views at a time, after `held`. */
function ranking(views: Record<string, number>, asOf: number, held?: Board): Ranking {
  const items = Object.entries(views).map(([token, n]) => candidateOf(token, { views: n }));
  const merged = mergeSets([setOf({ window: '5m', asOf, items })], 1);
  const best = bestByScope(
    { lists: merged.lists, wanted: ['all'] },
    viewsRank.scorer,
    totalsOf(merged, 'all'),
  ).get('all')!;
  const facts = new WindowFacts(siteTotalsOf(merged, '5m'));
  const source = { formula: viewsRank, window: fiveMinutes, merged, facts };
  return rankingOf(source, 'all', { best, held });
}

const places = (board: Ranking) =>
  Object.fromEntries(board.items.map((i) => [i.token, [i.previousRank, i.rank]]));

describe('previousRank', () => {
  test('is the rank before the last reference boundary, a fifth of the window', () => {
    const first = boardOf(ranking({ 'eth:a': 9, 'eth:b': 5 }, 10 * minute));
    const within = boardOf(ranking({ 'eth:a': 9, 'eth:b': 12 }, 10.5 * minute, first));
    const beyond = boardOf(ranking({ 'eth:a': 9, 'eth:b': 12 }, 11 * minute, within));
    const later = ranking({ 'eth:a': 20, 'eth:b': 12 }, 11.9 * minute, beyond);
    expect(places(first)).toEqual({ 'eth:a': [null, 1], 'eth:b': [null, 2] });
    expect(places(within)).toEqual({ 'eth:b': [null, 1], 'eth:a': [null, 2] });
    expect(places(beyond)).toEqual({ 'eth:b': [1, 1], 'eth:a': [2, 2] });
    expect(places(later)).toEqual({ 'eth:a': [2, 1], 'eth:b': [1, 2] });
  });

  test('is null for a token that was not on the board', () => {
    const held = boardOf(ranking({ 'eth:a': 9 }, 10 * minute));
    expect(places(ranking({ 'eth:a': 9, 'eth:z': 3 }, 12 * minute, held))).toEqual({
      'eth:a': [1, 1],
      'eth:z': [null, 2],
    });
  });

  test('does not roll over when time steps back', () => {
    const first = boardOf(ranking({ 'eth:a': 9 }, 10 * minute));
    const second = boardOf(ranking({ 'eth:a': 9 }, 11 * minute, first));
    expect(places(ranking({ 'eth:a': 9 }, 10 * minute, second))).toEqual({ 'eth:a': [1, 1] });
  });
});

describe('since', () => {
  test('is when the token came to the board, and begins anew after it left', () => {
    const at = (views: Record<string, number>, asOf: number, held?: Board) =>
      boardOf(ranking(views, asOf, held));
    const first = at({ 'eth:a': 9, 'eth:b': 1 }, 1_000);
    const second = at({ 'eth:a': 9 }, 2_000, first);
    const third = at({ 'eth:a': 9, 'eth:b': 1 }, 3_000, second);
    expect(third.items.map((i) => [i.token, i.since])).toEqual([
      ['eth:a', 1_000],
      ['eth:b', 3_000],
    ]);
  });
});

describe('failover', () => {
  test('changes no board: a new owner that has only the last record goes on the same way', () => {
    const step = fc.record({
      views: fc.dictionary(
        fc.constantFrom('eth:a', 'eth:b', 'eth:c', 'eth:d'),
        fc.integer({ min: 1, max: 30 }),
      ),
      afterMs: fc.integer({ min: 1, max: 90_000 }),
      isRestarted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let asOf = 10 * minute;
        let steady: Board | undefined;
        let restarted: Board | undefined;
        for (const { views, afterMs, isRestarted } of steps) {
          asOf += afterMs;
          steady = boardOf(ranking(views, asOf, steady));
          if (isRestarted && restarted !== undefined)
            restarted = JSON.parse(JSON.stringify(restarted)) as Board;
          restarted = boardOf(ranking(views, asOf, restarted));
          expect(restarted).toEqual(steady);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('an unchanged board', () => {
  const held = boardOf(ranking({ 'eth:a': 9, 'eth:b': 5 }, 10 * minute));

  test('shows the same a moment later', () => {
    const next = ranking({ 'eth:a': 9, 'eth:b': 5 }, 10 * minute + 500, held);
    expect(showsTheSame(next, held)).toBe(true);
  });

  test('differs by one view, a token less, or arrows that turned', () => {
    const differs = (views: Record<string, number>, asOf: number) =>
      !showsTheSame(ranking(views, asOf, held), held);
    expect(differs({ 'eth:a': 10, 'eth:b': 5 }, 10 * minute)).toBe(true);
    expect(differs({ 'eth:a': 9 }, 10 * minute)).toBe(true);
    expect(differs({ 'eth:a': 9, 'eth:b': 5 }, 11 * minute)).toBe(true);
  });

  test('differs by whatever an item says: a board that is not written again would keep the old word', () => {
    const [first, ...others] = held.items;
    const next = ranking({ 'eth:a': 9, 'eth:b': 5 }, 10 * minute + 500, held);
    for (const name of Object.keys(first ?? {}).filter((field) => field !== 'basis')) {
      const changed = { ...first, [name]: otherThan(first?.[name as keyof typeof first]) };
      const items = [changed, ...others] as typeof held.items;
      expect(showsTheSame(next, { ...held, items }), name).toBe(false);
    }
  });

  test('does not differ by what its expectations were made of: that moves with every view of the site', () => {
    const next = ranking({ 'eth:a': 9, 'eth:b': 5 }, 10 * minute + 500, held);
    const made = { phiMicro: 1, shareNano: 1, hourIndexMicro: 1, cohort: 'eth/old', capped: 1 };
    const items = held.items.map((item) => ({ ...item, basis: made }));
    expect(showsTheSame(next, { ...held, items, siteEffective: 1 })).toBe(true);
  });
});

function otherThan(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? ['more'] : value.map(otherThan);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  return value === null ? 1 : { ...(value as object), micro: 1 };
}
