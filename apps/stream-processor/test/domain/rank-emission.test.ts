import { describe, expect, test } from 'vitest';
import { EmissionSlot, partSpacingMs } from '../../src/domain/rank-emission.ts';

const calm = { lagMs: 0, costMs: 1 };

describe('an emission slot', () => {
  test('is due at once after a quiet time', () => {
    const slot = new EmissionSlot(100);
    slot.touch();
    expect(slot.dueAt()).toBe(Number.NEGATIVE_INFINITY);
  });

  test('is due since the first change that waits', () => {
    const slot = new EmissionSlot(100);
    slot.touch(1_000);
    slot.touch(1_020);
    expect(slot.dueAt()).toBe(1_000);
    slot.taken();
    slot.emitted(1_030, calm);
    slot.touch(1_200);
    expect(slot.dueAt()).toBe(1_200);
  });

  test('is never due while nothing changed', () => {
    const slot = new EmissionSlot(100);
    slot.emitted(1_000, calm);
    expect(slot.dueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  test('holds a change back until its spacing is over', () => {
    const slot = new EmissionSlot(100);
    slot.touch();
    slot.emitted(1_000, calm);
    slot.touch();
    expect(slot.dueAt()).toBe(1_100);
  });

  test('spaces wider when timers are late or scoring is dear', () => {
    const late = new EmissionSlot(100);
    late.emitted(1_000, { lagMs: 30, costMs: 1 });
    late.touch();
    expect(late.dueAt()).toBe(1_160);
    const dear = new EmissionSlot(100);
    dear.emitted(1_000, { lagMs: 0, costMs: 50 });
    dear.touch();
    expect(dear.dueAt()).toBe(1_200);
  });

  test('of which there are many takes a smaller part of the time', () => {
    const slot = new EmissionSlot(100, 16);
    slot.touch();
    slot.emitted(1_000, { lagMs: 0, costMs: 20 });
    slot.touch();
    expect(slot.dueAt()).toBe(1_320);
  });
});

test('boards are spaced by half of what their candidate sets are, those of chains and categories by half a second at least', () => {
  expect([partSpacingMs('5m', 'all'), partSpacingMs('24h', 'all')]).toEqual([50, 1_000]);
  expect([partSpacingMs('5m', 'scopes'), partSpacingMs('24h', 'scopes')]).toEqual([500, 1_000]);
});
