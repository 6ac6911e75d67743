import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshWeights, sparkline } from '../../src/domain/pane-features.ts';
import { reachesSupportFloor } from '../../src/domain/support-floor.ts';
import { levelOf, paneIndexOf, windowLevels } from '../../src/domain/window-level.ts';

describe('fresh weights', () => {
  it('halve every quarter of the window and fall in straight lines between', () => {
    const weights = freshWeights(levelOf('1h'));
    expect([0, 15, 30, 60].map((age) => weights[age])).toEqual([1e6, 5e5, 2.5e5, 62_500]);
    expect(weights[3]).toBe(900_000);
  });

  it.each(windowLevels)('cover each pane of $name and never rise', (level) => {
    const weights = freshWeights(level);
    expect(weights).toHaveLength(level.paneCount + 1);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  });
});

describe('sparkline', () => {
  it('keeps every view, whatever the panes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 80 }), (panes) => {
        const parts = sparkline(panes);
        expect(parts).toHaveLength(12);
        expect(parts.every((part) => part >= 0)).toBe(true);
        expect(parts.reduce((a, b) => a + b)).toBe(panes.reduce((a, b) => a + b));
      }),
    );
  });

  it('puts the oldest first', () => {
    expect(sparkline(Array.from({ length: 24 }, (_, pane) => pane))).toEqual(
      Array.from({ length: 12 }, (_, part) => 4 * part + 1),
    );
  });
});

describe('support floor', () => {
  it('needs both the least visitors and the least share, and takes equality', () => {
    expect(reachesSupportFloor('1h', 5_000_000, 0)).toBe(true);
    expect(reachesSupportFloor('1h', 4_999_999, 0)).toBe(false);
    expect(reachesSupportFloor('1h', 30_000_000, 150_000_000_000)).toBe(true);
    expect(reachesSupportFloor('1h', 30_000_000, 150_000_010_000)).toBe(false);
  });
});

describe('panes', () => {
  it('are half-open and aligned to the epoch', () => {
    expect([0, 9_999, 10_000].map((at) => paneIndexOf(at, 10_000))).toEqual([0, 0, 1]);
  });

  it('nest: each size divides the next', () => {
    const sizes = windowLevels.map(({ paneSizeMs }) => paneSizeMs);
    for (const [i, size] of sizes.entries()) expect((sizes[i + 1] ?? size) % size).toBe(0);
  });
});
