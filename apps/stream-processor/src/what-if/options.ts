import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { type WindowName, windowNames } from '@trending/schemas';

export interface WhatIfOptions {
  readonly file: string;
  /** Range of as-of times [from, to), ms. */
  readonly from: number;
  readonly to: number;
  /** Time between two looks, ms; whole minutes. */
  readonly everyMs: number;
  readonly window: WindowName;
  readonly scope: string;
  /** First places compared. */
  readonly limit: number;
  /** Id of the served formula to compare with; else chosen by the file's id and base. */
  readonly against: string | undefined;
  readonly html: string | undefined;
  readonly json: boolean;
}

export const whatIfHelp = `What would the boards of the past have shown with another formula? Scores remembered features again, by the live code.

  npm run what-if -- --formula FILE --from 2026-01-24T00:00:00Z --to 2026-01-31T00:00:00Z

  --formula FILE    as for npm run control: {"id", "parameters", "base"?}
  --from TIME       ISO 8601, epoch milliseconds, or an age such as 90m, 6h, 7d (default 24h)
  --to TIME         the same; not included (default now)
  --window W        ${windowNames.join(', ')} (default 1h)
  --scope S         all, chain:<c>, category:<k> (default all)
  --every STEP      one look in so long: 1m, 5m, 1h … (default 5m)
  --limit N         first places compared (default 20)
  --against ID      the served formula to compare with (default the file's id if it was served, else its base)
  --html PATH       write a report with a plot, too
  --json            print every step and the totals as JSON
  --help

Features are remembered for 30 days, once a minute. ClickHouse comes from the environment of stream-processor.
`;

const limitMax = 100;
const stepsMax = 100_000;

/** @throws UsageError naming the option and what it takes. @param now ms, for ages */
export function whatIfOptions(args: readonly string[], now: number): WhatIfOptions | 'help' {
  const { values } = parsed(args);
  if (values.help) return 'help';
  if (values.formula === undefined) throw new UsageError('--formula FILE: which formula to try');
  const from = timeOf('from', values.from, now);
  const to = timeOf('to', values.to, now);
  if (to <= from) throw new UsageError(`--to ${values.to} is not after --from ${values.from}`);
  const everyMs = stepOf(values.every);
  if ((to - from) / everyMs > stepsMax)
    throw new UsageError(`more than ${stepsMax} looks: give a longer --every`);
  return {
    ...{ from, to, everyMs, file: values.formula, json: values.json, html: values.html },
    ...{ window: windowOf(values.window), scope: scopeOf(values.scope), against: values.against },
    limit: limitOf(values.limit),
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ from: text('24h'), to: text('now'), window: text('1h'), scope: text('all') },
        ...{ every: text('5m'), limit: text('20'), json: flag, help: flag },
        formula: { type: 'string' },
        against: { type: 'string' },
        html: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const unitMs: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5 };

function timeOf(name: string, text: string, now: number): number {
  if (text === 'now') return now;
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (unitMs[unit] ?? 0);
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isSafeInteger(time)) return time;
  throw new UsageError(
    `--${name} ${text}: give ISO 8601, epoch milliseconds, now, or an age as 7d`,
  );
}

function stepOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? 0);
  if (ms > 0) return ms;
  throw new UsageError(`--every ${text}: give whole minutes or more, as 1m, 5m, 1h`);
}

function windowOf(text: string): WindowName {
  const window = windowNames.find((name) => name === text);
  if (window !== undefined) return window;
  throw new UsageError(`--window ${text}: known are ${windowNames.join(', ')}`);
}

function scopeOf(text: string): string {
  if (/^(all|chain:.+|category:.+)$/.test(text)) return text;
  throw new UsageError(`--scope ${text}: give all, chain:<c> or category:<k>`);
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= limitMax) return limit;
  throw new UsageError(`--limit ${text}: give a whole number from 1 to ${limitMax}`);
}
