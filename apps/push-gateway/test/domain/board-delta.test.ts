import { applyDelta, boardChecksum, type FrameItem } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardDelta } from '../../src/domain/board-delta.ts';
import { item } from '../support/boards.ts';

const itemArbitrary = fc.record({
  token: fc.constantFrom('eth:a', 'eth:b', 'sol:C', 'sol:D', 'ton:0:e', 'base:__proto__', 'x:f'),
  scoreMicro: fc.integer({ min: 0, max: 3 }),
  views: fc.integer({ min: 0, max: 2 }),
  spark: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 3 }),
  name: fc.option(fc.constantFrom('One', 'Two'), { nil: undefined }),
});

/** Any board: tokens once each, ranked by position. */
const boardArbitrary: fc.Arbitrary<FrameItem[]> = fc
  .uniqueArray(itemArbitrary, { selector: ({ token }) => token, maxLength: 7 })
  .map((drawn) =>
    drawn.map(({ token, scoreMicro, views, spark, name }, i) => ({
      ...item(token, i + 1, scoreMicro),
      rawViews: views,
      sparkline: spark,
      ...(name === undefined ? {} : { name }),
    })),
  );
const pair = [boardArbitrary, boardArbitrary, fc.integer({ min: 1, max: 8 })] as const;

describe('the delta of two boards', () => {
  it('turns the shown places of any board into those of any other, with the right checksum', () => {
    fc.assert(
      fc.property(...pair, (previous, next, limit) => {
        const { ops, checksum } = boardDelta({ previous, next, limit });
        const after = applyDelta(previous.slice(0, limit), ops);
        expect(after).toEqual(next.slice(0, limit));
        expect(boardChecksum(after)).toBe(checksum);
      }),
    );
  });

  it('names every token at most once, and only those that changed', () => {
    fc.assert(
      fc.property(...pair, (previous, next, limit) => {
        const { ops } = boardDelta({ previous, next, limit });
        const named = ops.map((op) => ('item' in op ? op.item.token : op.token));
        expect(new Set(named).size).toBe(named.length);
        const before = new Map(previous.slice(0, limit).map((i) => [i.token, JSON.stringify(i)]));
        const after = new Map(next.slice(0, limit).map((i) => [i.token, JSON.stringify(i)]));
        for (const token of new Set([...before.keys(), ...after.keys()])) {
          expect(named.includes(token)).toBe(before.get(token) !== after.get(token));
        }
      }),
    );
  });

  it('says "move" when nothing but the rank changed', () => {
    const previous = [item('eth:a', 1, 5), item('eth:b', 2, 4)];
    const next = [item('eth:b', 1, 4), item('eth:a', 2, 5)];
    expect(boardDelta({ previous, next, limit: 10 }).ops).toEqual([
      { op: 'move', token: 'eth:b', rank: 1 },
      { op: 'move', token: 'eth:a', rank: 2 },
    ]);
  });

  it('is empty for boards that differ below the limit only', () => {
    const previous = [item('eth:a', 1, 5), item('eth:b', 2, 4)];
    const next = [item('eth:a', 1, 5), item('eth:c', 2, 4)];
    expect(boardDelta({ previous, next, limit: 1 }).ops).toEqual([]);
  });
});
