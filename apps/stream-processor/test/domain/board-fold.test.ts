import { describe, expect, test } from 'vitest';
import { BoardFolder, fenceBoard } from '../../src/domain/board-fold.ts';

const board = (epoch: number, seq: number) => ({ ...fenceBoard('x', 0), epoch, seq });
const fence = (offset: number) => ({ key: 'fence', offset, board: fenceBoard('owner', 0) });
const write = (offset: number, epoch: number, seq: number) => ({
  key: 'views|1h|all',
  offset,
  board: board(epoch, seq),
});

describe('reading boards back', () => {
  test('keeps the greatest sequence of the newest epoch', () => {
    const folder = new BoardFolder();
    const taken = [fence(0), write(1, 0, 1), write(2, 0, 2), write(3, 0, 1)].map((record) =>
      folder.apply(record),
    );
    expect(taken).toEqual([true, true, true, false]);
    expect(folder.boards.get('views|1h|all')?.seq).toBe(2);
  });

  test('drops what an older owner wrote behind the fence', () => {
    const folder = new BoardFolder();
    for (const record of [fence(0), write(1, 0, 5), fence(2), write(3, 0, 6)]) folder.apply(record);
    expect([folder.epoch, folder.boards.get('views|1h|all')?.seq]).toEqual([2, 5]);
  });

  test('takes the first board of a new epoch although its sequence starts again', () => {
    const folder = new BoardFolder();
    for (const record of [fence(0), write(1, 0, 5), fence(2), write(3, 2, 1)]) folder.apply(record);
    const held = folder.boards.get('views|1h|all');
    expect([held?.epoch, held?.seq]).toEqual([2, 1]);
  });

  test('forgets a board whose record was deleted', () => {
    const folder = new BoardFolder();
    folder.apply(write(1, 0, 1));
    folder.apply({ key: 'views|1h|all', offset: 2, board: null });
    expect(folder.boards.size).toBe(0);
  });

  test('passes over the deletion of an older owner behind the fence', () => {
    const folder = new BoardFolder();
    for (const record of [fence(0), fence(1), write(2, 1, 1)]) folder.apply(record);
    const deletion = { key: 'views|1h|all', offset: 3, board: null };
    expect(folder.apply({ ...deletion, deletedIn: 0 })).toBe(false);
    expect(folder.boards.size).toBe(1);
    expect(folder.apply({ ...deletion, deletedIn: 1 })).toBe(true);
    expect(folder.boards.size).toBe(0);
  });
});
