import type { BoardItem, TokenState } from '@trending/schemas';

/** What a verdict is made of. */
export interface StateInputs {
  /** How far the window is above what is usual, in standard deviations. */
  readonly surprise: number;
  /** ms since the token was first seen. */
  readonly ageMs: number;
  readonly scoreMicro: number;
  readonly sparkline: readonly number[];
}

/** What the record before says of a token's life: all that is remembered. */
export type HeldLife = Pick<BoardItem, 'state' | 'verdict' | 'stateSince' | 'peakMicro'>;

const youngMs = 24 * 3_600_000;
/** Below this part of its greatest score a token cools, in tenths. */
const coolingTenths = 6;

/**
 * Where a token stands in its life, from one look: what is above usual, and the window's last quarter against the quarter before it.
 * Both are variance-stabilised differences (Anscombe 1948), about 1 for chance alone.
 */
export function stateVerdict(inputs: StateInputs, peakMicro: number): TokenState {
  const { newest, before } = lastQuarters(inputs.sparkline);
  const slope = difference(newest, before);
  if (inputs.ageMs < youngMs && inputs.surprise >= 3) return 'new';
  if (inputs.surprise >= 2 && slope >= 1) return 'rising';
  if (slope <= -1 || inputs.scoreMicro * 10 < peakMicro * coolingTenths) return 'cooling';
  return inputs.surprise >= 2 ? 'peak' : 'steady';
}

/** A state changes only after two equal verdicts in a row; the first look decides alone. The peak is counted from the last steady time. */
export function nextLife(
  inputs: StateInputs,
  held: Partial<HeldLife> | undefined,
  asOf: number,
): HeldLife {
  const wasSteady = held?.state === undefined || held.state === 'steady';
  const peakMicro = Math.max(inputs.scoreMicro, wasSteady ? 0 : (held.peakMicro ?? 0));
  const verdict = stateVerdict(inputs, peakMicro);
  const isSettled = held?.state !== undefined && verdict !== held.verdict;
  const state = isSettled ? (held.state as TokenState) : verdict;
  const isSame = state === held?.state;
  return { state, verdict, peakMicro, stateSince: isSame ? (held?.stateSince ?? asOf) : asOf };
}

/** How far one count is above another, in standard deviations of chance. */
export function difference(now: number, before: number): number {
  return 2 * (Math.sqrt(now + 0.375) - Math.sqrt(before + 0.375));
}

function lastQuarters(parts: readonly number[]): { newest: number; before: number } {
  const quarter = Math.floor(parts.length / 4);
  const sum = (from: number) => {
    let total = 0;
    for (let i = from; i < from + quarter; i += 1) total += parts[i] ?? 0;
    return total;
  };
  return { newest: sum(parts.length - quarter), before: sum(parts.length - 2 * quarter) };
}
