import { describe, expect, test } from 'vitest';
import { addressOf, boardKey, categoryScope, chainOf, chainScope, windows } from '../src/index.ts';

describe('scopes and keys', () => {
  test('an address may hold colons, a chain may not', () => {
    const token = 'ton:0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8';
    expect(chainOf(token)).toBe('ton');
    expect(`${chainOf(token)}:${addressOf(token)}`).toBe(token);
  });

  test('a board key names formula, window and scope', () => {
    expect(boardKey('views', '1h', chainScope('sol'))).toBe('views|1h|chain:sol');
    expect(boardKey('views', '5m', categoryScope('meme'))).toBe('views|5m|category:meme');
  });
});

describe.each(windows)('window $name', ({ windowSizeMs, paneSizeMs }) => {
  test('is a whole number of panes, which tile the day', () => {
    expect(windowSizeMs % paneSizeMs).toBe(0);
    expect((24 * 3_600_000) % paneSizeMs).toBe(0);
  });
});

test('windows come shortest first, panes grow with them', () => {
  const sizes = windows.map(({ windowSizeMs }) => windowSizeMs);
  const panes = windows.map(({ paneSizeMs }) => paneSizeMs);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(panes).toEqual(panes.toSorted((a, b) => a - b));
});
