import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftSeed, draftStepMs, teamDraft, turnOf } from '../../src/domain/team-draft.ts';

const list = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 25 });
const seed = fc.integer({ min: 0, max: 0xffff_ffff });
const idOf = (item: number) => String(item);

describe('a team draft', () => {
  test('takes every item from the team whose turn it was, and its best that was left', () => {
    fc.assert(
      fc.property(list, list, seed, (one, two, seed) => {
        const lists = [one, two] as const;
        const taken = new Set<number>();
        const picks: [number, number] = [0, 0];
        for (const { item, team } of teamDraft(lists, idOf, { max: 20, seed })) {
          const left = lists.map((of) => of.filter((one) => !taken.has(one)));
          const turn = turnOf(picks, seed);
          const expected = left[turn]?.length ? turn : turn === 0 ? 1 : 0;
          expect([team, item]).toEqual([expected, left[expected]?.[0]]);
          taken.add(item);
          picks[team] += 1;
        }
      }),
    );
  });

  test('is fair: after every round both teams have as many, while both have items left', () => {
    fc.assert(
      fc.property(list, list, seed, (one, two, seed) => {
        const drafted = teamDraft([one, two], idOf, { max: 50, seed });
        const taken = new Set<number>();
        let lead = 0;
        for (const { item, team } of drafted) {
          const isLeft = [one, two].every((of) => of.some((id) => !taken.has(id)));
          taken.add(item);
          lead += team === 0 ? 1 : -1;
          if (isLeft) expect(Math.abs(lead)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('shows everything of both lists once, in each list’s own order, up to its length', () => {
    fc.assert(
      fc.property(
        fc.tuple(list, list),
        seed,
        fc.integer({ min: 1, max: 60 }),
        (lists, seed, max) => {
          const [one, two] = lists;
          const drafted = teamDraft([one, two], idOf, { max, seed });
          const all = new Set([...one, ...two]);
          expect(drafted.length).toBe(Math.min(max, all.size));
          expect(new Set(drafted.map(({ item }) => item)).size).toBe(drafted.length);
          for (const team of [0, 1] as const) {
            const own = drafted.filter((pick) => pick.team === team).map(({ item }) => item);
            const order = (team === 0 ? one : two).filter((id) => own.includes(id));
            expect(own).toEqual(order);
          }
        },
      ),
    );
  });

  test('begins with either list about as often, over many boards', () => {
    const firsts = Array.from({ length: 2_000 }, (_, minute) => {
      const seed = draftSeed('interleave:a+b|1h|all', minute * draftStepMs);
      return teamDraft([['a'], ['b']], (id) => id, { max: 1, seed })[0]?.team;
    });
    const share = firsts.filter((team) => team === 0).length / firsts.length;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);
  });

  test('is the same for the same board and minute, and another for another board', () => {
    const seeds = ['a', 'b'].map((board) => draftSeed(board, 7 * draftStepMs));
    expect(draftSeed('a', 7 * draftStepMs + draftStepMs - 1)).toBe(seeds[0]);
    expect(seeds[0]).not.toBe(seeds[1]);
    expect(draftSeed('a', 8 * draftStepMs)).not.toBe(seeds[0]);
  });
});
