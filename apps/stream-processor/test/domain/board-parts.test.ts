import { describe, expect, test } from 'vitest';
import { BoardParts } from '../../src/domain/board-parts.ts';

const now = 1_700_000_000_000;
const calm = { lagMs: 0, costMs: 1 };
const atOnce = () => Number.NEGATIVE_INFINITY;

function touched(...windows: string[]): BoardParts {
  const parts = new BoardParts();
  parts.touch(now, ({ selection }) => windows.includes(selection.window));
  return parts;
}

/** Makes what is due, as if each part took `stepMs`; what was made, in order. */
function made(parts: BoardParts, stepMs: number, until: number): string[] {
  const order: string[] = [];
  for (let at = now; at < until; at += stepMs) {
    const part = parts.mostUrgent(at, atOnce);
    if (part === undefined) continue;
    order.push(`${part.selection.window} ${part.name}`);
    part.slot.taken();
    part.slot.emitted(at, calm);
  }
  return order;
}

const groupsOf = (window: string) => [0, 1, 2, 3].map((group) => `${window} scopes ${group}`);

describe('the parts of the boards', () => {
  test('are none of them due while nothing changed', () => {
    const parts = new BoardParts();
    expect(parts.mostUrgent(now, atOnce)).toBeUndefined();
    expect(parts.nextDueAt(atOnce)).toBe(Number.POSITIVE_INFINITY);
  });

  test('of a window wait until its sets may be merged', () => {
    const parts = touched('5m');
    const later = () => now + 700;
    expect(parts.nextDueAt(later)).toBe(now + 700);
    expect(parts.mostUrgent(now + 699, later)).toBeUndefined();
    expect(parts.mostUrgent(now + 700, later)?.selection.window).toBe('5m');
  });

  test('go out by what they can wait: short windows first, chains and categories last', () => {
    expect(made(touched('24h', '6h', '1h', '5m'), 1, now + 20)).toEqual([
      ...['5m all', '1h all', ...groupsOf('5m'), ...groupsOf('1h')],
      ...['6h all', ...groupsOf('6h'), '24h all', ...groupsOf('24h')],
    ]);
  });

  test('all have their turn, though the shortest window is due all the time', () => {
    const parts = touched('5m', '1h', '6h', '24h');
    const order: string[] = [];
    for (let at = now; at < now + 5_000; at += 60) {
      parts.touch(at, ({ selection }) => selection.window === '5m');
      const part = parts.mostUrgent(at, atOnce);
      if (part === undefined) continue;
      order.push(`${part.selection.window} ${part.name}`);
      part.slot.taken();
      part.slot.emitted(at, calm);
    }
    expect(new Set(order).size).toBe(20);
  });
});
