import type { TokenState } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { nextState, type StateInputs, stateVerdict } from '../../src/domain/token-state.ts';

const parts = (before: number, newest: number) => [
  ...[0, 0, 0, 0, 0, 0],
  ...[before, before, before],
  ...[newest, newest, newest],
];
const looks = {
  new: { rawViews: 30, previousViews: 0, sparkline: parts(5, 5) },
  rising: { rawViews: 100, previousViews: 40, sparkline: parts(10, 20) },
  peak: { rawViews: 100, previousViews: 40, sparkline: parts(20, 20) },
  cooling: { rawViews: 100, previousViews: 40, sparkline: parts(20, 10) },
  steady: { rawViews: 40, previousViews: 40, sparkline: parts(4, 4) },
} as const;

describe('a token', () => {
  test.each(Object.entries(looks))('is %s by its numbers', (state, look) => {
    expect(stateVerdict(look)).toBe(state);
  });

  test('changes its state only after two equal verdicts', () => {
    const held = { ...looks.steady, state: 'steady' as const };
    const once = nextState(looks.rising, held);
    const twice = nextState(looks.rising, { ...looks.rising, state: once });
    expect([once, twice]).toEqual(['steady', 'rising']);
  });

  test('takes the first verdict when it comes to the board', () => {
    expect(nextState(looks.peak, undefined)).toBe('peak');
  });

  test('does not flap between verdicts that alternate', () => {
    let held: StateInputs & { state: TokenState } = { ...looks.steady, state: 'steady' };
    for (const look of [looks.rising, looks.cooling, looks.rising, looks.cooling]) {
      held = { ...look, state: nextState(look, held) };
      expect(held.state).toBe('steady');
    }
  });
});
