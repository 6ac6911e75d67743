import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { type WindowName, windowNames } from '@trending/schemas';
import type { Formula } from '../domain/formula.ts';
import { hourMs } from '../domain/hour-rules.ts';
import { formulas, rankFormulaOf } from '../tasks/rank-formulas.ts';
import type { EvaluationSettings } from './evaluation.ts';

export const help = `Views in, boards out: ranks your own traffic with the live topology's code, on stream time.

  npm run -s boards-from-events -- --formula trending --window 1h --every 5m < views.ndjson > boards.ndjson

  --formula ID     of ${formulas.map(({ id }) => id).join(', ')} (default trending)
  --window W       of ${windowNames.join(', ')} (default 1h)
  --every STEP     time between boards: 1m, 5m, 1h … (default 5m)
  --floor N        2.5, or 0 for all: least effective visitors (views, for views and classic) of a listed token (default: the live rule)
  --alarms         list every token with its alarm level (standard deviations of the last hour above its own history) as score
  --partitions N   partitions to count in; the boards are the same for every number (default 1)
  --help

A line of standard input is a view:
  {"eventId":"…","chain":"eth","token":"0x…","viewer":"…","network":"…","source":"…","surface":"…","country":"…","device":"…",
   "viewedAt":"2026-01-31T12:00:00Z","receivedAt":"2026-01-31T12:00:01Z"}
roughly in the order of viewedAt. A line of standard output is a step: {"asOf":"…","items":[{"token":"chain:address","score":4.68,"flags":[]}]}
`;

/** @throws UsageError naming the option and what it takes. */
export function evaluationOptions(args: readonly string[]): EvaluationSettings | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const everyMs = everyOption(values.every);
  // The hours that an alarm is measured against are taken at steps on the hour.
  if (values.alarms && hourMs % everyMs !== 0)
    throw new UsageError(
      `--every ${values.every}: with --alarms an hour must be a number of steps`,
    );
  const floor = values.floor === undefined ? undefined : floorOption(values.floor);
  const formula = formulaOption(values.formula);
  const isOfVisitors = floor !== undefined && 'floorVisitors' in formula.parameters;
  return {
    formulas: [rankFormulaOf(floor === undefined ? formula : withFloor(formula, floor))],
    window: windowOption(values.window),
    everyMs,
    partitions: countOption('partitions', values.partitions, 1_000),
    alarms: values.alarms,
    ...(isOfVisitors ? { floorVisitors: Math.max(floor, leastVisitors) } : {}),
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        formula: { type: 'string', default: 'trending' },
        window: { type: 'string', default: '1h' },
        every: { type: 'string', default: '5m' },
        floor: { type: 'string' },
        partitions: { type: 'string', default: '1' },
        alarms: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function formulaOption(id: string): Formula {
  const formula = formulas.find((one) => one.id === id);
  if (formula === undefined)
    throw new UsageError(`--formula ${id}: known are ${formulas.map((one) => one.id).join(', ')}`);
  return formula;
}

/** Anybody at all. To the formula 0 means the live rule. */
const leastVisitors = 1e-6;

function withFloor(formula: Formula, floor: number): Formula {
  const name = 'floorVisitors' in formula.parameters ? 'floorVisitors' : 'minViews';
  const least = name === 'floorVisitors' ? Math.max(floor, leastVisitors) : floor;
  return { ...formula, parameters: { ...formula.parameters, [name]: least } };
}

function windowOption(text: string): WindowName {
  const window = windowNames.find((name) => name === text);
  if (window !== undefined) return window;
  throw new UsageError(`--window ${text}: known are ${windowNames.join(', ')}`);
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

const everyMsMax = 168 * hourMs;

function everyOption(text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit ?? ''] ?? 0);
  if (ms > 0 && ms <= everyMsMax) return ms;
  throw new UsageError(`--every ${text}: give a length of time as 30s, 5m or 1h, at most 168h`);
}

function floorOption(text: string): number {
  const floor = Number(text);
  if (text.trim() !== '' && floor >= 0 && floor <= 1e9) return floor;
  throw new UsageError(`--floor ${text}: give a number from 0 to 1000000000`);
}

function countOption(name: string, text: string, max: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  throw new UsageError(`--${name} ${text}: give a whole number from 1 to ${max}`);
}
