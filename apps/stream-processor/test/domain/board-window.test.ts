import type { CandidateSet } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { BoardWindow, paneWaitMs } from '../../src/domain/board-window.ts';
import { setOf } from '../support/rank-fixtures.ts';

const at = (partition: number, lastPane: number, given: Partial<CandidateSet> = {}) =>
  setOf({ partition, lastPane, asOf: lastPane, ...given });

describe('a window of three partitions', () => {
  test('is merged at once when all share the newest pane', () => {
    const window = new BoardWindow(3, 0);
    for (const partition of [0, 1, 2]) window.accept(at(partition, 60), 500);
    expect(window.mergeableAt()).toBe(Number.NEGATIVE_INFINITY);
    expect(window.merge().partial).toEqual([]);
  });

  test('is never merged without any set', () => {
    expect(new BoardWindow(3, 0).mergeableAt()).toBe(Number.POSITIVE_INFINITY);
  });

  test('waits one second for a partition on the older pane, then names it', () => {
    const window = new BoardWindow(3, 0);
    for (const partition of [0, 1, 2]) window.accept(at(partition, 60), 500);
    window.accept(at(0, 120), 5_000);
    window.accept(at(1, 120), 5_400);
    expect(window.mergeableAt()).toBe(5_000 + paneWaitMs);
    expect(window.merge().partial).toEqual([2]);
  });

  test('does not wait again for a partition that let the wait pass, until it sends', () => {
    const window = new BoardWindow(2, 0);
    window.accept(at(0, 60), 1_000);
    window.accept(at(1, 60), 1_000);
    window.accept(at(0, 120), 2_000);
    window.merge();
    window.accept(at(0, 180), 10_000);
    expect(window.mergeableAt()).toBe(Number.NEGATIVE_INFINITY);
    expect(window.merge().partial).toEqual([1]);
    window.accept(at(1, 180), 11_000);
    expect(window.merge().partial).toEqual([]);
    window.accept(at(0, 240), 20_000);
    expect(window.mergeableAt()).toBe(20_000 + paneWaitMs);
  });

  test('waits for partitions that never sent only in its first second', () => {
    const window = new BoardWindow(2, 7_000);
    window.accept(at(0, 60), 7_900);
    expect(window.mergeableAt()).toBe(7_000 + paneWaitMs);
    window.accept(at(0, 120), 9_000);
    expect(window.mergeableAt()).toBe(7_000 + paneWaitMs);
    expect(window.merge().partial).toEqual([1]);
  });

  test('takes a set only when its epoch, offset and time come after the one held', () => {
    const window = new BoardWindow(1, 0);
    const take = (epoch: number, inputOffset: number, asOf: number) =>
      window.accept(setOf({ epoch, inputOffset, asOf }), 0);
    expect(take(2, 10, 100)).toBe(true);
    expect(take(2, 10, 100)).toBe(false);
    expect(take(1, 99, 999)).toBe(false);
    expect(take(2, 9, 999)).toBe(false);
    expect(take(2, 10, 101)).toBe(true);
    expect(take(2, 11, 50)).toBe(true);
    expect(take(3, 0, 0)).toBe(true);
  });

  test('ignores partitions the views topic does not have', () => {
    const window = new BoardWindow(1, 0);
    expect(window.accept(setOf({ partition: 1 }), 0)).toBe(false);
    expect(window.accept(setOf({ partition: -1 }), 0)).toBe(false);
  });
});
