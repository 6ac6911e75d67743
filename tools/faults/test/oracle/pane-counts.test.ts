import { windows } from '@trending/schemas';
import { expect, test } from 'vitest';
import { PaneCounts } from '../../src/oracle/pane-counts.ts';

const five = windows[0]!;

test('a window holds its running pane, the whole panes before it and panes ahead', () => {
  const counts = new PaneCounts(2);
  for (const viewedAt of [9_999, 10_000, 309_999, 310_000, 400_000]) counts.add(1, viewedAt);
  expect(counts.inWindow(1, five, 319_999)).toBe(4);
  expect(counts.inWindow(1, five, 320_000)).toBe(3);
  expect(counts.inWindow(0, five, 320_000)).toBe(0);
});

test('minutes are named by token and start in seconds', () => {
  const counts = new PaneCounts(2);
  for (const viewedAt of [59_999, 60_000, 119_999]) counts.add(1, viewedAt);
  expect(counts.by('minute')).toEqual(
    new Map([
      ['1|0', 1],
      ['1|60', 2],
    ]),
  );
  expect(counts.by('hour')).toEqual(new Map([['1|0', 3]]));
  expect(counts.by('day')).toEqual(new Map([['1|0', 3]]));
});
