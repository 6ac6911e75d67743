import { describe, expect, test } from 'vitest';
import {
  type HeldLife,
  nextLife,
  type StateInputs,
  stateVerdict,
} from '../../src/domain/token-state.ts';

const parts = (before: number, newest: number) => [
  ...[0, 0, 0, 0, 0, 0],
  ...[before, before, before],
  ...[newest, newest, newest],
];
const dayMs = 86_400_000;
const common = { ageMs: 3 * dayMs, scoreMicro: 4_000_000 };
const looks = {
  new: { ...common, ageMs: dayMs / 2, surprise: 4, sparkline: parts(5, 5) },
  rising: { ...common, surprise: 4, sparkline: parts(10, 20) },
  peak: { ...common, surprise: 4, sparkline: parts(20, 20) },
  cooling: { ...common, surprise: 4, sparkline: parts(20, 10) },
  steady: { ...common, surprise: 1, sparkline: parts(4, 4) },
} as const;

/** The states of a token that is looked at every second. */
function statesOf(sequence: readonly StateInputs[]): string[] {
  let held: HeldLife | undefined;
  return sequence.map((look, second) => {
    held = nextLife(look, held, second * 1_000);
    return held.state;
  });
}

describe('a token', () => {
  test.each(Object.entries(looks))('is %s by its numbers', (state, look) => {
    expect(stateVerdict(look, look.scoreMicro)).toBe(state);
  });

  test('cools when it lost two fifths of its best score, however level its views are', () => {
    expect(stateVerdict(looks.peak, 6_600_000)).toBe('peak');
    expect(stateVerdict(looks.peak, 6_700_000)).toBe('cooling');
  });

  test('changes its state only after two equal verdicts', () => {
    const { steady, rising } = looks;
    expect(statesOf([steady, rising, rising])).toEqual(['steady', 'steady', 'rising']);
  });

  test('takes the first verdict when it comes to the board', () => {
    expect(statesOf([looks.peak])).toEqual(['peak']);
  });

  test('does not flap between verdicts that alternate', () => {
    const { steady, rising, cooling } = looks;
    const states = statesOf([steady, rising, cooling, rising, cooling]);
    expect(new Set(states)).toEqual(new Set(['steady']));
  });

  test('keeps the time since when it is in its state, and its best score until it is steady again', () => {
    const first = nextLife(looks.rising, undefined, 1_000);
    const lower = { ...looks.rising, scoreMicro: 3_000_000 };
    const second = nextLife(lower, first, 2_000);
    expect(second).toMatchObject({ state: 'rising', stateSince: 1_000, peakMicro: 4_000_000 });
    const calm = nextLife(looks.steady, nextLife(looks.steady, second, 3_000), 4_000);
    expect(calm).toMatchObject({ state: 'steady', stateSince: 4_000 });
    expect(nextLife(lower, calm, 5_000).peakMicro).toBe(3_000_000);
  });

  test('goes on from a record of an older writer, which has no verdict', () => {
    const { state, stateSince } = nextLife(looks.rising, { state: 'steady' }, 9_000);
    expect([state, stateSince]).toEqual(['steady', 9_000]);
  });
});
