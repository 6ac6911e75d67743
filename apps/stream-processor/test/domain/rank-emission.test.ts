import { describe, expect, test } from 'vitest';
import { EmissionSlot } from '../../src/domain/rank-emission.ts';

const calm = { lagMs: 0, costMs: 1 };

describe('an emission slot', () => {
  test('is due at once after a quiet time', () => {
    const slot = new EmissionSlot(100);
    slot.touch();
    expect(slot.dueAt()).toBe(Number.NEGATIVE_INFINITY);
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
});
