import { type Board, type Candidate, chainScope, scopeAll } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { isSelected, partsOf, selectionsOf } from '../../src/domain/board-groups.ts';
import { RankState } from '../../src/domain/rank-state.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { boardOf, candidateOf, setOf } from '../support/rank-fixtures.ts';

const few = ['eth', 'bsc', 'base', 'sol', 'tron', 'polygon'];
const many = [...few, ...['arbitrum', 'sui', 'ton', 'avax', 'optimism', 'linea', 'blast', 'aptos']];
const settings = { formulas: rankFormulas, partitions: 1, startedAt: 0, epoch: 1 };
const whole = { window: '1h', all: true, scopes: true } as const;

describe('parts of a window', () => {
  test('have every board once, and together are what is selected without them', () => {
    const parts = selectionsOf('1h');
    expect(parts.map(({ name }) => name)).toEqual(partsOf(whole));
    for (const { name, selection } of parts) expect(partsOf(selection)).toEqual([name]);
    for (const chains of [few, many]) {
      const served = [scopeAll, ...chains.map(chainScope)];
      for (const scope of served) expect(partsWith(scope, served)).toHaveLength(1);
    }
  });

  test('are four of chains and categories where these are many, else one', () => {
    const used = (chains: readonly string[]) => {
      const served = [scopeAll, ...chains.map(chainScope)];
      return new Set(served.flatMap((scope) => partsWith(scope, served))).size;
    };
    expect([used(few), used(many)]).toEqual([2, 5]);
  });

  test('give the same boards one after the other as all at once, also where a scope has gone', () => {
    const steps: readonly (readonly string[])[] = [many, few, many.slice(1), few.slice(2), []];
    const [atOnce, inParts] = [new RankState(settings), new RankState(settings)];
    for (const [index, live] of steps.entries()) {
      const [asOf, items] = [1_000 * (index + 1), live.map(candidate)];
      const set = setOf({ window: '1h', asOf, inputOffset: index, items });
      for (const rank of [atOnce, inParts]) rank.accept(set, asOf);
      const expected = written(atOnce, [whole]);
      expect(
        written(
          inParts,
          selectionsOf('1h').map(({ selection }) => selection),
        ),
      ).toEqual(expected);
      expect(expected.size).toBeGreaterThan(5);
    }
  });
});

function partsWith(scope: string, served: readonly string[]): string[] {
  return selectionsOf('1h')
    .filter(({ selection }) => isSelected(selection, scope, served.length))
    .map(({ name }) => name);
}

function candidate(chain: string, index: number): Candidate {
  return candidateOf(`${chain}:0x${index}`, { views: 30 + index, viewsPrev: 10 });
}

/** The boards that changed, by key, held as if written. */
function written(
  rank: RankState,
  selections: Parameters<RankState['changes']>[0][],
): ReadonlyMap<string, Board | null> {
  const boards = new Map<string, Board | null>();
  for (const selection of selections)
    for (const { key, ranking } of rank.changes(selection)) {
      const board = ranking && boardOf(ranking);
      rank.hold(key, board);
      boards.set(key, board);
    }
  return new Map([...boards].sort(([a], [b]) => (a < b ? -1 : 1)));
}
