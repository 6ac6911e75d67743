import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { type Topic, topics, type WindowName, windowNames } from '@trending/schemas';

export type ReplayInto = 'file' | 'clickhouse' | 'rankings';

export interface ReplayOptions {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly everyMs: number;
  /** Unprefixed topic name. */
  readonly topic: string;
  readonly windows: readonly WindowName[];
  /** Ids; undefined = every formula in force, unless files are given. */
  readonly formulas: readonly string[] | undefined;
  /** Paths of formula files. */
  readonly formulaFiles: readonly string[];
  readonly scopes: readonly string[] | undefined;
  readonly into: ReplayInto;
  readonly out: string;
  readonly prefix: string | undefined;
  readonly json: boolean;
  /** Compare the boards on the rankings topic with the log instead of making new ones. */
  readonly verify: boolean;
}

export const replayHelp = `Rebuilds boards of the past from the log, with the live topology's own code on stream time.

  npm run replay -- --from 2026-01-31T12:00:00Z --to 2026-01-31T18:00:00Z
  npm run replay -- --topic backfill --window 1h --formula classic --scope all --every 1h --out boards.ndjson

  --from TIME       first board's time, ISO 8601 or epoch ms (default: the topic's first view)
  --to TIME         no board after it (default: the end of the log)
  --every STEP      time between boards: 10s, 5m, 1h … (default 5m)
  --topic NAME      views, backfill, or any topic of TokenView records (default views)
  --window LIST     of ${windowNames.join(', ')} (default all)
  --formula LIST    ids, e.g. views,classic, and formula files, e.g. trending-b.json, as for npm run control (default every formula in force)
  --scope LIST      all, chain:<c>, category:<k> (default every scope there is)
  --into TARGET     file: one board a line as JSON, with its sha256
                    clickhouse: rows of board_history with _partition 65535
                    rankings: the topic <prefix>replay.${topics.rankings.name}, never the live one (default file)
  --out PATH        of the file (default replay-boards.ndjson)
  --verify          make the boards that are served now again, each from the offsets in its cut, and compare; writes nothing.
                    --window, --formula and --scope choose boards. Exit code 1 when one differs
  --prefix P        topic prefix (default TOPIC_PREFIX)
  --json            print the result as one JSON object
  --help

Brokers, registry and ClickHouse come from the environment of stream-processor. Boards that show the same as before are left out.
`;

/** @throws UsageError naming the option and what it takes. */
export function replayOptions(args: readonly string[]): ReplayOptions | 'help' {
  const { values } = parsed(args);
  if (values.help) return 'help';
  const from = timeOption('from', values.from);
  const to = timeOption('to', values.to);
  if (from !== undefined && to !== undefined && to < from)
    throw new UsageError(`--to ${values.to} is before --from ${values.from}`);
  if (values.verify) requireServed(values);
  return {
    from,
    to,
    everyMs: durationOption('every', values.every),
    topic: topicOption(values.topic),
    windows: windowsOption(values.window),
    ...formulaOptions(values.formula),
    scopes: listOption(values.scope),
    into: intoOption(values.into),
    out: values.out,
    prefix: values.prefix,
    json: values.json,
    verify: values.verify,
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        every: { type: 'string', default: '5m' },
        topic: { type: 'string', default: 'views' },
        window: { type: 'string', default: windowNames.join(',') },
        formula: { type: 'string' },
        scope: { type: 'string' },
        into: { type: 'string', default: 'file' },
        out: { type: 'string', default: 'replay-boards.ndjson' },
        prefix: { type: 'string' },
        json: flag,
        verify: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What is served now has its own times, topic and formulas: leaving these options out of account would look like a check of them. @throws UsageError */
function requireServed(values: ReturnType<typeof parsed>['values']): void {
  const isFile = formulaOptions(values.formula).formulaFiles.length > 0;
  if (values.from !== undefined || values.to !== undefined || isFile)
    throw new UsageError('--verify takes no --from, no --to and no formula file');
  if (values.topic !== 'views' || values.into !== 'file')
    throw new UsageError(
      '--verify takes no --topic and no --into: it reads the views and writes nothing',
    );
}

function timeOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isSafeInteger(time)) return time;
  throw new UsageError(
    `--${name} ${text}: give a time as 2026-01-31T12:00:00Z or as epoch milliseconds`,
  );
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function durationOption(name: string, text: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit ?? ''] ?? 0);
  if (ms > 0) return ms;
  throw new UsageError(`--${name} ${text}: give a length of time as 10s, 5m, 1h or 1d`);
}

/** `views` and `backfill` are short for their topics. */
function topicOption(text: string): string {
  const known = Object.entries<Topic>(topics).find(([id]) => id === text);
  if (known !== undefined && known[1].value !== 'TokenView')
    throw new UsageError(`--topic ${text}: its records are no views`);
  return known?.[1].name ?? text;
}

function windowsOption(text: string): WindowName[] {
  const names = listOption(text) ?? [];
  const unknown = names.find((name) => !windowNames.some((known) => known === name));
  if (unknown !== undefined || names.length === 0)
    throw new UsageError(`--window ${unknown ?? text}: known are ${windowNames.join(', ')}`);
  return windowNames.filter((name) => names.includes(name));
}

function intoOption(text: string): ReplayInto {
  if (text === 'file' || text === 'clickhouse' || text === 'rankings') return text;
  throw new UsageError(`--into ${text}: give file, clickhouse or rankings`);
}

/** No id has a dot or a slash. */
function formulaOptions(
  text: string | undefined,
): Pick<ReplayOptions, 'formulas' | 'formulaFiles'> {
  const list = listOption(text);
  const isFile = (name: string) => /[./\\]/.test(name);
  return {
    formulas: list?.filter((name) => !isFile(name)),
    formulaFiles: list?.filter(isFile) ?? [],
  };
}

function listOption(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const list = text.split(',').map((part) => part.trim());
  return list.filter((part) => part !== '');
}
