import type { Outcome } from './run.ts';

/** A seed that went wrong. */
export interface Failed {
  readonly seed: number;
  /** Kind and message. */
  readonly error: string;
}

/** What some seeds came to. Sums of whole numbers only: they do not depend on the order. */
export interface Tally {
  seeds: number;
  wrong: number;
  stalled: number;
  steps: number;
  views: number;
  simulatedMs: number;
  readonly faults: Record<string, number>;
  readonly failed: Failed[];
}

export function emptyTally(): Tally {
  return {
    seeds: 0,
    wrong: 0,
    stalled: 0,
    steps: 0,
    views: 0,
    simulatedMs: 0,
    faults: {},
    failed: [],
  };
}

/** What one seed came to. */
export function tallyOf({ seed, error, steps, views, simulatedMs, faults }: Outcome): Tally {
  const isStalled = error?.name === 'Stalled';
  return {
    seeds: 1,
    wrong: error === undefined || isStalled ? 0 : 1,
    stalled: isStalled ? 1 : 0,
    steps,
    views,
    simulatedMs,
    faults: { ...faults },
    failed: error === undefined ? [] : [{ seed, error: `${error.name}: ${error.message}` }],
  };
}

/** Adds `more` to `sum`. */
export function addTally(sum: Tally, more: Tally): void {
  for (const key of ['seeds', 'wrong', 'stalled', 'steps', 'views', 'simulatedMs'] as const)
    sum[key] += more[key];
  for (const [fault, count] of Object.entries(more.faults))
    sum.faults[fault] = (sum.faults[fault] ?? 0) + count;
  sum.failed.push(...more.failed);
}
