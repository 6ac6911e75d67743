import type { StepDifference, TotalDifference } from './compare.ts';
import type { WhatIfResult } from './what-if.ts';

/** What the report says of the question. */
export interface Asked {
  readonly window: string;
  readonly scope: string;
  readonly limit: number;
}

const linesMax = 24;

/** The answer as a person reads it: totals, who comes and goes, and the steps that differ most. */
export function whatIfText(result: WhatIfResult, { window, scope, limit }: Asked): string {
  const { tried, against, versions, total, steps, cut } = result;
  const lines = [
    `${tried.id} version ${tried.version} instead of ${against} version ${versions.join(', ')}: first ${limit} of ${window} ${scope}`,
    `${total.steps} looks, ${timeOf(steps[0]?.at)} … ${timeOf(steps.at(-1)?.at)}, ${total.unchanged} without any change`,
    `overlap ${percent(total.overlap)}, rank-biased overlap ${total.rbo.toFixed(3)}`,
    ...(cut === 0
      ? []
      : [`at ${cut} looks not every token was remembered: far-away formulas may miss some`]),
    ...listed('would come in', total.entrants, ({ token, steps: n }) => `${token}  at ${n} looks`),
    ...listed('would go', total.leavers, ({ token, steps: n }) => `${token}  at ${n} looks`),
    ...listed(
      'farthest moves',
      total.moves,
      ({ token, from, to, at }) => `${token}  ${from} → ${to}  ${timeOf(at)}`,
    ),
    ...stepLines(steps, total),
  ];
  return `${lines.join('\n')}\n`;
}

function stepLines(steps: readonly StepDifference[], total: TotalDifference): string[] {
  if (total.unchanged === total.steps) return [];
  const worst = [...steps].sort((a, b) => a.rbo - b.rbo || a.at - b.at).slice(0, linesMax);
  const shown = worst.sort((a, b) => a.at - b.at);
  return [
    '',
    `looks that differ most (${shown.length} of ${steps.length})`,
    `  ${'as of'.padEnd(24)}  overlap    rbo  in  out  farthest move`,
    ...shown.map(({ at, overlap, rbo, entrants, leavers, moves }) => {
      const [move] = moves;
      const far = move === undefined ? '' : `${move.token} ${move.from} → ${move.to}`;
      const counts = `${String(entrants.length).padStart(2)}  ${String(leavers.length).padStart(3)}`;
      return `  ${timeOf(at)}  ${percent(overlap).padStart(7)}  ${rbo.toFixed(3)}  ${counts}  ${far}`;
    }),
  ];
}

function listed<T>(title: string, all: readonly T[], lineOf: (one: T) => string): string[] {
  if (all.length === 0) return [];
  return ['', title, ...all.slice(0, 10).map((one) => `  ${lineOf(one)}`)];
}

/** ISO 8601, seconds. */
export function timeOf(at: number | undefined): string {
  return at === undefined ? '–' : new Date(at).toISOString();
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
