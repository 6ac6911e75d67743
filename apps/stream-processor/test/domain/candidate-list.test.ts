import type { Candidate } from '@trending/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CandidateList, candidateListOf } from '../../src/domain/candidate-list.ts';
import { candidateOf, scopesOfToken } from '../support/rank-fixtures.ts';

const tokens = ['btc:a', 'eth:a', 'eth:b', 'eth:c', 'sol:a', 'sol:b'];
const arbitraryChange = fc.record({
  news: fc.array(
    fc.record({
      token: fc.constantFrom(...tokens),
      views: fc.nat(9),
      effective: fc.nat(9),
      categories: fc.subarray(['a', 'b', 'a b']),
    }),
    { maxLength: 3 },
  ),
  gone: fc.subarray(tokens, { maxLength: 2 }),
  isShuffled: fc.boolean(),
});

function rowsOf({ items, views, effective, groupOf, groups }: CandidateList) {
  return items.map((candidate, i) => ({
    ...{ candidate, views: views[i], effective: effective[i] },
    scopes: groups[groupOf[i] as number],
  }));
}

function plainRowsOf(items: readonly Candidate[]) {
  return items.map((candidate) => ({
    ...{ candidate, views: candidate.views, effective: candidate.effective },
    scopes: scopesOfToken(candidate),
  }));
}

test('a list of candidates tells of each what the candidate says, whatever stayed of the list before', () => {
  fc.assert(
    fc.property(fc.array(arbitraryChange, { maxLength: 12 }), (changes) => {
      let items: readonly Candidate[] = [];
      for (const { news, gone, isShuffled } of changes) {
        const before = items;
        const left = new Set([...gone, ...news.map(({ token }) => token)]);
        const added = news.map(({ token, ...given }) => candidateOf(token, given));
        items = [...before.filter(({ token }) => !left.has(token)), ...added].sort((a, b) =>
          a.token < b.token === isShuffled ? 1 : -1,
        );
        const list = candidateListOf(items, before);
        expect(rowsOf(list)).toEqual(plainRowsOf(items));
        expect(new Set(list.groups.map((scopes) => scopes.join())).size).toBe(list.groups.length);
      }
    }),
    { numRuns: 300 },
  );
});
