import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ControlSteps } from '../../src/domain/control-steps.ts';

describe('control steps', () => {
  test('boards of one as-of time use one control offset, however late some are made', () => {
    const steps = new ControlSteps([]);
    expect(steps.offsetFor(10, 0)).toBe(0);
    expect(steps.offsetFor(10, 3)).toBe(0);
    expect(steps.offsetFor(9, 3)).toBe(0);
    expect(steps.offsetFor(11, 3)).toBe(3);
    expect(steps.offsetFor(10, 3)).toBe(0);
    expect(steps.offsetFor(11, 4)).toBe(3);
  });

  test('a new owner goes on where the boards of the old one stand', () => {
    const held = [
      { asOf: 20, controlOffset: 5 },
      { asOf: 10, controlOffset: 2 },
    ];
    const steps = new ControlSteps(held);
    expect([10, 19, 20].map((asOf) => steps.offsetFor(asOf, 9))).toEqual([2, 2, 5]);
    expect(steps.offsetFor(21, 9)).toBe(9);
    expect(steps.frontier).toBe(21);
  });

  test('never give two answers for one as-of time, over any news and any number of owners', () => {
    const step = fc.record({ asOf: fc.nat(30), news: fc.nat(2), isNewOwner: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (made) => {
        let steps = new ControlSteps([]);
        let newest = 0;
        const used = new Map<number, number>();
        for (const { asOf, news, isNewOwner } of made) {
          newest += news;
          if (isNewOwner)
            steps = new ControlSteps(
              [...used].map(([asOf, controlOffset]) => ({ asOf, controlOffset })),
            );
          const offset = steps.offsetFor(asOf, newest);
          if (used.has(asOf)) expect(offset).toBe(used.get(asOf));
          expect(offset).toBeLessThanOrEqual(newest);
          used.set(asOf, offset);
        }
      }),
    );
  });
});
