import { expect, test } from 'vitest';
import { alarmsOf } from '../../src/domain/raised-flags.ts';

const boardOf = (flags: Readonly<Record<string, readonly string[]>>) => ({
  items: Object.entries(flags).map(([token, its]) => ({ token, flags: its })),
});

test('an alarm is counted once, when its token gets it', () => {
  const before = boardOf({ 'eth:a': ['burst'], 'eth:b': [], 'eth:c': ['pump'] });
  const next = boardOf({ 'eth:a': ['burst', 'pump'], 'eth:b': ['few-looks'], 'eth:d': ['burst'] });
  expect(alarmsOf(next, before)).toEqual([
    { flag: 'burst', flagged: 2, raised: 1 },
    { flag: 'pump', flagged: 1, raised: 1 },
    { flag: 'suspected', flagged: 0, raised: 0 },
  ]);
});

test('every alarm of a first board is new', () => {
  const [burst] = alarmsOf(boardOf({ 'eth:a': ['burst'] }), undefined);
  expect(burst).toEqual({ flag: 'burst', flagged: 1, raised: 1 });
});
