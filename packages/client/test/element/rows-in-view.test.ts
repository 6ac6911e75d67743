import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BoardRow } from '../../src/element/board-controller.ts';
import { newestAt, placesInView, RowsInView } from '../../src/element/rows-in-view.ts';
import { item } from '../subscribe/support/frames.ts';

/** Rows of tokens in this order; `version` tells those of one version from another's. */
function rowsOf(tokens: readonly string[], version = 0): readonly BoardRow[] {
  return tokens.map((token, i) => ({
    item: item(token, i + 1, { rawViews: version }),
    places: 0,
    isNew: false,
    strength: 1,
  }));
}

const tokensOf = (rows: readonly BoardRow[]) => rows.map((row) => row.item.token);
const letters = 'abcdefgh'.split('');

describe('the newest where it is seen, before the rest', () => {
  test('a climber from out of sight is in view at once, whom it displaced waits behind', () => {
    const shown = rowsOf(letters, 1);
    const newest = rowsOf('agbcdefh'.split(''), 2);
    const rows = newestAt({ from: 0, to: 3 }, newest, shown);
    expect(tokensOf(rows)).toEqual('agbcdefh'.split(''));
    expect(rows.map((row) => row.item.rawViews)).toEqual([2, 2, 2, 1, 1, 1, 1, 1]);
  });

  test('who came into view takes the room of one that has left, not of one that stays', () => {
    const newest = rowsOf('aNbcefgh'.split(''), 2);
    const rows = newestAt({ from: 0, to: 3 }, newest, rowsOf(letters, 1));
    expect(tokensOf(rows)).toEqual('aNbcefgh'.split(''));
  });

  test('whatever is in view: the newest there, every token once, as many as there are', () => {
    const order = fc.shuffledSubarray('abcdefghijklmnop'.split(''), { minLength: 9, maxLength: 9 });
    const places = fc
      .tuple(fc.nat(9), fc.nat(9))
      .map(([from, count]) => ({ from, to: from + count }));
    fc.assert(
      fc.property(order, order, places, (before, after, { from, to }) => {
        const newest = rowsOf(after, 2);
        const rows = newestAt({ from, to }, newest, rowsOf(before, 1));
        expect(rows.slice(from, to)).toEqual(newest.slice(from, to));
        expect(new Set(tokensOf(rows)).size).toBe(after.length);
        const stayed = before.filter((token) => after.includes(token));
        expect(tokensOf(rows)).toEqual(expect.arrayContaining(stayed));
        expect(rows).toHaveLength(after.length);
      }),
    );
  });
});

describe('rows that are rendered', () => {
  const frames: (() => void)[] = [];
  const asked = vi.fn();
  const inView = { from: 1, to: 3, rowHeight: 60 };
  const look = vi.fn(() => inView);

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
    frames.length = 0;
    asked.mockClear();
    look.mockClear();
  });

  /** The frame is drawn, and the element renders when it was asked to. */
  function nextFrame(rows: RowsInView, newest: readonly BoardRow[]): void {
    const before = asked.mock.calls.length;
    for (const frame of frames.splice(0)) frame();
    vi.runAllTimers();
    if (asked.mock.calls.length > before) rows.follow(newest, look);
  }

  function following(...versions: readonly (readonly BoardRow[])[]): RowsInView {
    const rows = new RowsInView(asked);
    for (const version of versions) rows.follow(version, look);
    return rows;
  }

  const versionsOf = (rows: RowsInView) => rows.rows.map((row) => row.item.rawViews);

  test('are those of the first version at once', () => {
    const first = rowsOf(letters);
    expect(following(first).rows).toEqual(first);
    expect(frames).toEqual([]);
  });

  test('are of the next version where it is seen, then as far again on either side, then everywhere', () => {
    const second = rowsOf([...letters].reverse(), 2);
    const rows = following(rowsOf(letters, 1), second);
    expect(tokensOf(rows.rows)).toEqual(['a', 'g', 'f', 'b', 'c', 'd', 'e', 'h']);
    expect(asked).not.toHaveBeenCalled();
    nextFrame(rows, second);
    expect(versionsOf(rows)).toEqual([2, 2, 2, 2, 2, 1, 1, 1]);
    nextFrame(rows, second);
    expect(rows.rows).toEqual(second);
    nextFrame(rows, second);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('are looked for in the window once for a version', () => {
    const second = rowsOf(letters, 2);
    const rows = following(rowsOf(letters, 1), second);
    nextFrame(rows, second);
    expect(look).toHaveBeenCalledTimes(2);
    expect(rows.places).toEqual(inView);
  });

  test('stay as they are while more waits and something else is rendered', () => {
    const second = rowsOf(letters, 2);
    const rows = following(rowsOf(letters, 1), second, second);
    expect(versionsOf(rows)).toEqual([1, 2, 2, 1, 1, 1, 1, 1]);
  });

  test('are all of a version that comes while more of another waits', () => {
    const third = rowsOf([...letters].reverse(), 3);
    const rows = following(rowsOf(letters, 1), rowsOf(letters, 2), third);
    expect(rows.rows).toEqual(third);
    nextFrame(rows, third);
    expect(rows.rows).toEqual(third);
    expect(frames).toEqual([]);
  });

  test('wait for one frame, however many versions come before it', () => {
    const versions = [1, 2, 3, 4, 5].map((version) => rowsOf(letters, version));
    const rows = following(...versions);
    expect(frames).toHaveLength(1);
    nextFrame(rows, versions[4]!);
    expect(versionsOf(rows)).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
  });

  test('are at once those of a version with another number of them', () => {
    const second = rowsOf([...letters, 'i'], 2);
    expect(following(rowsOf(letters, 1), second).rows).toEqual(second);
  });
});

describe('what is in view', () => {
  /** A list whose first row is so far below the window's top, in a window of 600 px. */
  function placesAt(top: number, rowHeight: number) {
    vi.stubGlobal('innerHeight', 600);
    const row = { getBoundingClientRect: () => ({ height: rowHeight }) };
    const list = { getBoundingClientRect: () => ({ top }), querySelector: () => row };
    return placesInView(list as unknown as HTMLElement);
  }
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ['begins below the toolbar', 150, { from: 0, to: 9 }],
    ['is scrolled, with a row at either end that is not seen', -630, { from: 9, to: 22 }],
    ['is below the window', 5_000, { from: 0, to: 1 }],
    ['is above the window', -9_000, { from: 149, to: 161 }],
  ])('of a list that %s', (_name, top, { from, to }) => {
    expect(placesAt(top, 60)).toEqual({ from, to, rowHeight: 60 });
  });

  test('of one that is not displayed: all that fit, so no row is kept waiting', () => {
    expect(placesAt(0, 0).to).toBeGreaterThan(100);
  });
});
