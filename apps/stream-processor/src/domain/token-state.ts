import type { BoardItem, TokenState } from '@trending/schemas';

/** The numbers a verdict is made of; all are on the board record, so a new owner reaches the same verdict. */
export type StateInputs = Pick<BoardItem, 'rawViews' | 'previousViews' | 'sparkline'>;

/**
 * Where a token stands in its life, from one look: this window against the one before, and the window's last quarter
 * against the quarter before it. Both are variance-stabilised differences (Anscombe 1948), about 1 for chance alone.
 */
export function stateVerdict(inputs: StateInputs): TokenState {
  const surprise = difference(inputs.rawViews, inputs.previousViews);
  const { newest, before } = lastQuarters(inputs.sparkline);
  const slope = difference(newest, before);
  if (inputs.previousViews === 0 && surprise >= 3) return 'new';
  if (surprise >= 2 && slope >= 1) return 'rising';
  if (slope <= -1) return 'cooling';
  return surprise >= 2 ? 'peak' : 'steady';
}

/** A state changes only after two equal verdicts in a row; the first look decides alone. */
export function nextState(
  inputs: StateInputs,
  held: (StateInputs & Pick<BoardItem, 'state'>) | undefined,
): TokenState {
  const verdict = stateVerdict(inputs);
  if (held === undefined || verdict === held.state) return verdict;
  return verdict === stateVerdict(held) ? verdict : held.state;
}

function difference(now: number, before: number): number {
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
