import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AppError } from '@trending/runtime';
import type { SiteHistory } from '@trending/schemas';
import { candidateColumns, candidateOfRow, type StoredCandidate } from '../domain/feature-rows.ts';
import { featureStepMs } from '../domain/feature-set.ts';
import { noHistory } from '../domain/site-history.ts';
import type { StepQuestion, StepSource } from '../what-if/command.ts';
import type { Step } from '../what-if/what-if.ts';

export interface FeatureSourceSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** Looks asked for in one query: bounds what is in memory. */
const stepsPerQuery = 144;
const headColumns = ['toUnixTimestamp64Milli(as_of) AS at', 'held', 'site', 'formulas'];
const tokenAt = headColumns.length + candidateColumns.indexOf('token');
const columns = candidateColumns.map((name) =>
  name === 'first_seen_at' ? 'toUnixTimestamp64Milli(first_seen_at) AS first_seen_at' : name,
);

// The first set of every step; where two owners wrote the same one, its rows are equal.
const query = `SELECT ${[...headColumns, ...columns].join(', ')}
FROM feature_history
WHERE window = {window:String} AND minute >= toDateTime({from:UInt32}) AND minute < toDateTime({to:UInt32}) AND as_of IN (
  SELECT min(as_of) FROM feature_history
  WHERE window = {window:String} AND minute >= toDateTime({from:UInt32}) AND minute < toDateTime({to:UInt32}) AND token = ''
  GROUP BY intDiv(toUInt32(minute), {every:UInt32})
)
ORDER BY as_of, token
LIMIT 1 BY as_of, token`;

type Row = readonly [
  at: number,
  held: number,
  site: string,
  formulas: string[],
  ...rest: unknown[],
];

/** Remembered features in ClickHouse. @throws AppError CLICKHOUSE_UNAVAILABLE */
export function createFeatureSource(
  settings: FeatureSourceSettings,
): StepSource & { close(): Promise<void> } {
  const client = createClient({
    ...settings,
    application: 'what-if',
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: 120_000,
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  return {
    async *steps({ window, from, to, everyMs }: StepQuestion) {
      const chunkMs = stepsPerQuery * everyMs;
      // Steps are multiples of their length, and no chunk may cut one.
      for (let at = Math.floor(from / everyMs) * everyMs; at < to; at += chunkMs) {
        const range = { from: Math.max(from, at), to: Math.min(to, at + chunkMs) };
        yield* stepsOf(await rowsOf(client, { window, everyMs, ...range }));
      }
    },
    close: () => client.close(),
  };
}

async function rowsOf(
  client: ClickHouseClient,
  { window, from, to, everyMs }: StepQuestion,
): Promise<readonly Row[]> {
  const wholeMinute = (ms: number) => (Math.ceil(ms / featureStepMs) * featureStepMs) / 1_000;
  const query_params = {
    ...{ window, from: wholeMinute(from), to: wholeMinute(to) },
    every: everyMs / 1_000,
  };
  try {
    const answer = await client.query({ query, query_params, format: 'JSONCompactEachRow' });
    return await answer.json<Row>();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({
      code: 'CLICKHOUSE_UNAVAILABLE',
      message: `features could not be read: ${text}. Is CLICKHOUSE_URL right, and are the migrations applied?`,
      cause,
    });
  }
}

/** Rows of one as-of time begin with the one of the whole site; a set that lost it cannot be scored. */
function* stepsOf(rows: readonly Row[]): Generator<Step> {
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (rows[end]?.[0] === rows[start]?.[0] && end < rows.length) end += 1;
    const [head, ...tokens] = rows.slice(start, end);
    if (head !== undefined && head[2] !== '') yield stepOf(head, tokens);
    start = end;
  }
}

function stepOf(head: Row, rows: readonly Row[]): Step {
  const { views, effective } = storedOf(head);
  const { tokens, candidates, ...site } = JSON.parse(head[2]) as SiteHistory & {
    readonly tokens: number;
    readonly candidates: number;
  };
  return {
    ...{ asOf: head[0], formulas: head[3], candidates },
    // Rows that were written before a figure was known lack it.
    site: { ...noHistory, ...site },
    totals: { tokens, views: Number(views), effective: Number(effective) },
    held: rows.filter((row) => row[1] === 1).map((row) => String(row[tokenAt])),
    items: rows.map((row) => candidateOfRow(storedOf(row))),
  };
}

/** Assigned one by one: the rows of a week are many, and pairs of them would be garbage. */
function storedOf(row: Row): StoredCandidate {
  const stored: Record<string, unknown> = {};
  for (const [index, name] of candidateColumns.entries())
    stored[name] = row[headColumns.length + index];
  return stored as unknown as StoredCandidate;
}
