import { type Candidate, type CandidateSet, scopeAll, windows } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RankFormula, rankingOf } from '../../src/domain/board.ts';
import { mergeSets } from '../../src/domain/board-merge.ts';
import { bestByScope, scopesOf, siteTotalsOf } from '../../src/domain/board-selection.ts';
import { boardSizeMax, scopesMax } from '../../src/domain/board-size.ts';
import { WindowFacts } from '../../src/domain/item-facts.ts';
import { scoreOf } from '../../src/domain/score.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import {
  candidateOf,
  type SiteToken,
  scopesOfToken,
  setOf,
  setsOf,
  sites,
  totalsOf,
  viewsRank,
} from '../support/rank-fixtures.ts';

const hour = windows[1]!;

function rankings(sets: readonly CandidateSet[], formula: RankFormula, partitions: number) {
  const merged = mergeSets(sets, partitions);
  const site = siteTotalsOf(merged, '1h');
  const source = { formula, window: hour, merged, facts: new WindowFacts(site) };
  const scopes = scopesOf(merged);
  const best = bestByScope({ lists: merged.lists, wanted: scopes }, formula.scorer, site);
  return scopes.map((scope) =>
    rankingOf(source, scope, { best: best.get(scope) ?? [], held: undefined }),
  );
}

/** One process that sees every token at once: score, sort, cut. */
function naiveBoard(site: readonly SiteToken[], formula: RankFormula, scope: string): string[] {
  const all = site.map(({ candidate }) => candidate);
  const empty = { tokens: 0, views: 0, effective: 0 };
  const { tokens, views, effective } = totalsOf(all).find((t) => t.scope === scopeAll) ?? empty;
  const sums = { tokens, views, effective, window: '1h' } as const;
  const isEligible: Readonly<Record<string, (c: Candidate) => boolean>> = {
    views: (c) => c.views >= 1,
    classic: (c) => c.views >= 10,
    trending: (c) => c.effective >= 5_000_000 && c.effective * 10_000 >= effective * 2,
  };
  return all
    .filter((c) => isEligible[formula.ref.id]?.(c))
    .filter((c) => scopesOfToken(c).includes(scope))
    .map((c) => ({ c, score: scoreOf(formula.scorer, c, sums) }))
    .sort(
      (a, b) =>
        b.score - a.score || b.c.effective - a.c.effective || (a.c.token < b.c.token ? -1 : 1),
    )
    .slice(0, scope === scopeAll ? 100 : 50)
    .map(({ c, score }, index) => `${index + 1} ${c.token} ${score}`);
}

const shown = (board: ReturnType<typeof rankings>[number]) =>
  board.items.map((item) => `${item.rank} ${item.token} ${item.scoreMicro}`);

describe('what a board tells for explanations', () => {
  test('is what the expectation was made of, where its formula has one, and what the whole site has', () => {
    const candidate = candidateOf('eth:0xa', { capped: 3_000_000, cohort: 'eth/old' });
    const elsewhere = candidateOf('sol:B', { views: 70 });
    const sets = [setOf({ items: [candidate, elsewhere] })];
    for (const formula of rankFormulas)
      for (const board of rankings(sets, formula, 1)) {
        expect(board.siteEffective).toBe(90_000_000);
        const of = board.items.find(({ token }) => token === 'eth:0xa');
        if (of === undefined) continue;
        if (formula.ref.id === 'trending')
          expect(of.basis).toMatchObject({ cohort: 'eth/old', capped: 3_000_000 });
        else expect(of.basis).toBeNull();
      }
    const [trending] = rankFormulas.filter(({ ref }) => ref.id === 'trending');
    const scopes = rankings(sets, trending!, 1).map(({ scope, items }) => [scope, items.length]);
    expect(scopes).toEqual([
      [scopeAll, 2],
      ['chain:eth', 1],
      ['chain:sol', 1],
    ]);
  });
});

describe('merged boards', () => {
  test('equal the ranking of one process that sees all tokens, on every scope and formula', () => {
    fc.assert(
      fc.property(sites(150), (site) => {
        for (const formula of rankFormulas) {
          for (const board of rankings(setsOf(site, 4), formula, 4)) {
            expect(shown(board)).toEqual(naiveBoard(site, formula, board.scope));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of most viewed tokens stay exact when a partition ships only its top per scope', () => {
    fc.assert(
      fc.property(sites(260, 2), (site) => {
        const sets = setsOf(site, 2).map((set) => {
          const order = set.items.toSorted(
            (a, b) =>
              b.views - a.views || b.effective - a.effective || (a.token < b.token ? -1 : 1),
          );
          return {
            ...set,
            items: order.slice(0, boardSizeMax.all).sort((a, b) => (a.token < b.token ? -1 : 1)),
          };
        });
        const all = rankings(sets, viewsRank, 2).find(({ scope }) => scope === scopeAll)!;
        expect(shown(all)).toEqual(naiveBoard(site, viewsRank, scopeAll));
      }),
      { numRuns: 50 },
    );
  });

  test('have the same bytes whatever order the sets arrived in', () => {
    fc.assert(
      fc.property(sites(60), fc.infiniteStream(fc.nat()), (site, keys) => {
        const sets = setsOf(site, 4);
        const shuffled = sets
          .map((set) => ({ set, key: keys.next().value }))
          .sort((a, b) => Number(a.key) - Number(b.key))
          .map(({ set }) => set);
        for (const formula of rankFormulas) {
          expect(JSON.stringify(rankings(shuffled, formula, 4))).toBe(
            JSON.stringify(rankings(sets, formula, 4)),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test('add the contributions of every item up to its score', () => {
    fc.assert(
      fc.property(sites(60), (site) => {
        for (const formula of rankFormulas) {
          for (const item of rankings(setsOf(site, 4), formula, 4).flatMap(({ items }) => items)) {
            const sum = item.contributions.reduce((total, { micro }) => total + micro, 0);
            expect(sum).toBe(item.scoreMicro);
            expect(Number.isSafeInteger(item.scoreMicro)).toBe(true);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('give a token one score on all its boards', () => {
    const items = [
      candidateOf('eth:a', { views: 30, categories: ['meme'] }),
      candidateOf('sol:b', { views: 300 }),
    ];
    const boards = rankings([setOf({ items })], rankFormulas[1]!, 1);
    const scores = boards.flatMap((b) => b.items.filter((i) => i.token === 'eth:a'));
    expect(boards.map(({ scope }) => scope)).toEqual([
      'all',
      'category:meme',
      'chain:eth',
      'chain:sol',
    ]);
    expect(new Set(scores.map(({ scoreMicro }) => scoreMicro)).size).toBe(1);
    expect(scores).toHaveLength(3);
  });

  test('are at most 100 long for all tokens and 50 for a chain', () => {
    const items = Array.from({ length: 130 }, (_, i) => candidateOf(`eth:${i + 1_000}`));
    const [all, chain] = rankings([setOf({ items })], viewsRank, 1);
    expect([all?.items.length, chain?.items.length]).toEqual([100, 50]);
  });

  test('order equal scores by visitors, then token, on a board that is full of them', () => {
    const items = Array.from({ length: 130 }, (_, i) =>
      candidateOf(`eth:${i + 1_000}`, { effective: i === 129 ? 9_000_000 : 5_000_000 }),
    );
    const shuffled = items.toSorted((a, b) => (a.token.slice(-1) < b.token.slice(-1) ? 1 : -1));
    const [all] = rankings([setOf({ items: shuffled })], viewsRank, 1);
    const expected = ['eth:1129', ...items.slice(0, 99).map(({ token }) => token)];
    expect(all?.items.map(({ token }) => token)).toEqual(expected);
  });

  test('serve a bounded number of scopes, the most viewed', () => {
    const items = Array.from({ length: 90 }, (_, i) => candidateOf(`c${i}:x`, { views: i + 1 }));
    const scopes = scopesOf(mergeSets([setOf({ items })], 1));
    expect(scopes).toHaveLength(scopesMax + 1);
    expect(scopes[0]).toBe(scopeAll);
    expect(scopes).toContain('chain:c89');
    expect(scopes).not.toContain('chain:c0');
  });

  test('show a token once although a wrong partitioner spread it over partitions', () => {
    const sets = [0, 1].map((partition) =>
      setOf({ partition, items: [candidateOf('eth:a', { views: 10 + partition })] }),
    );
    const [all] = rankings(sets, viewsRank, 2);
    expect(all?.items.map(({ rank, token, rawViews }) => [rank, token, rawViews])).toEqual([
      [1, 'eth:a', 11],
    ]);
  });

  test('carry the cut of every partition and the newest times', () => {
    const merged = mergeSets(
      [
        setOf({ partition: 2, inputOffset: 7, asOf: 3_600_500, newestReceivedAt: 5 }),
        setOf({ partition: 0, inputOffset: 9, asOf: 3_600_900, newestReceivedAt: 3 }),
      ],
      3,
    );
    expect(merged.cut.map((c) => [c.partition, c.inputOffset, c.asOf])).toEqual([
      [0, 9, 3_600_900],
      [2, 7, 3_600_500],
    ]);
    expect([merged.asOf, merged.newestReceivedAt, merged.partial]).toEqual([3_600_900, 5, [1]]);
  });
});
