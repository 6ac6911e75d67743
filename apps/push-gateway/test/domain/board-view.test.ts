import type { Board } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoardView } from '../../src/domain/board-view.ts';
import { boardOf } from '../support/boards.ts';

const version = (epoch: number, seq: number, scope = 'all') =>
  boardOf(['eth:a'], { epoch, seq, scope });

describe('the reader of boards', () => {
  it('takes the first board as a snapshot and the next of its epoch as a delta', () => {
    const view = new BoardView();
    expect(view.apply(version(3, 1)).kind).toBe('snapshot');
    expect(view.apply(version(3, 5))).toMatchObject({ kind: 'delta', previous: { seq: 1 } });
  });

  it('drops what is not newer within the epoch', () => {
    const view = new BoardView();
    view.apply(version(3, 5));
    expect(view.apply(version(3, 5))).toEqual({ kind: 'dropped', reason: 'older-seq' });
    expect(view.apply(version(3, 4))).toEqual({ kind: 'dropped', reason: 'older-seq' });
  });

  it('drops boards below the greatest fence, even of keys it never saw', () => {
    const view = new BoardView();
    view.fence(9);
    expect(view.apply(version(8, 99, 'chain:eth')).kind).toBe('dropped');
    expect(view.apply(version(9, 1)).kind).toBe('snapshot');
  });

  it('takes the epoch of one board as a fence for all', () => {
    const view = new BoardView();
    view.apply(version(9, 1));
    expect(view.apply(version(8, 99, 'chain:eth')).kind).toBe('dropped');
  });

  it('starts a new epoch with a snapshot even at a lower seq', () => {
    const view = new BoardView();
    view.apply(version(3, 50));
    expect(view.apply(version(4, 1)).kind).toBe('snapshot');
  });

  it('forgets a removed board', () => {
    const view = new BoardView();
    view.apply(version(3, 5));
    expect(view.remove('trending|1h|all')).toBe(true);
    expect(view.remove('trending|1h|all')).toBe(false);
    expect(view.apply(version(3, 6)).kind).toBe('snapshot');
  });

  it('keeps a board that a ranker of an older epoch deletes', () => {
    const view = new BoardView();
    view.fence(4);
    view.apply(version(4, 1));
    expect(view.remove('trending|1h|all', 3)).toBe(false);
    expect(view.apply(version(4, 2)).kind).toBe('delta');
    expect(view.remove('trending|1h|all', 4)).toBe(true);
  });

  it('accepts exactly the records a naive reader of maxima accepts', () => {
    const record = fc.record({
      fence: fc.boolean(),
      epoch: fc.nat(4),
      seq: fc.nat(4),
      scope: fc.constantFrom('all', 'chain:eth'),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const view = new BoardView();
        let greatest = -1;
        const held = new Map<string, Board>();
        for (const { fence, epoch, seq, scope } of records) {
          greatest = Math.max(greatest, epoch);
          if (fence) {
            view.fence(epoch);
            continue;
          }
          const board = version(epoch, seq, scope);
          const before = held.get(scope);
          const isNewer =
            epoch === greatest &&
            (before === undefined || epoch > before.epoch || seq > before.seq);
          if (isNewer) held.set(scope, board);
          expect(view.apply(board).kind !== 'dropped').toBe(isNewer);
        }
      }),
    );
  });
});
