import { expect, test } from 'vitest';
import { changesBetween } from '../../src/leaders/leader-run.ts';

test('a leader change is a partition that had another leader before; one just seen for the first time is none', () => {
  const before = new Map([
    [0, 1],
    [1, 2],
  ]);
  const now = new Map([
    [0, 3],
    [1, 2],
    [2, 1],
  ]);
  expect(changesBetween(before, now)).toBe(1);
  expect(changesBetween(new Map(), now)).toBe(0);
});
