import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { AppError } from '@trending/runtime';
import type { RangeBlock } from '../tasks/sink-ports.ts';
import { type rollupTables, tables } from '../topology.ts';

/** What a repair asks of the connection. */
export interface RepairConnection {
  readonly client: ClickHouseClient;
  /** Inserts lines of JSONEachRow as one block. */
  insert(table: string, token: string, body: readonly Uint8Array[]): Promise<void>;
  /** Settings of every insert. */
  readonly insertSettings: ClickHouseSettings;
}

/**
 * Each attempt has a token of its own, the same for everybody who repairs the block, and no attempt begins before the one before it
 * was answered: two processes that repair the same block cannot both put it back.
 */
const attemptsMax = 10;
interface Rollup {
  readonly table: (typeof rollupTables)[number];
  readonly bucket: string;
  readonly startOf: string;
}
const rollups: readonly Rollup[] = [
  { table: 'token_views_by_minute', bucket: 'minute', startOf: 'toStartOfMinute' },
  { table: 'token_views_by_hour', bucket: 'hour', startOf: 'toStartOfHour' },
  { table: 'token_views_by_day', bucket: 'day', startOf: 'toStartOfDay' },
];

/**
 * Rows (of a roll-up: cells) of the block that `table` lacked and has now.
 *
 * @throws AppError CLICKHOUSE_REJECTED when rows do not stay; errors of the client as they are
 */
export async function repairTable(
  connection: RepairConnection,
  block: RangeBlock,
  table: string,
): Promise<number> {
  // The newest row of a token wins there, whatever came twice; merges make looking for the others pointless.
  if (table === tables.tokenMetadata) {
    await connection.insert(table, `${block.token}:repair`, block.body);
    return 0;
  }
  const rows = rowsOf(block);
  const rollup = rollups.find((candidate) => candidate.table === table);
  if (rollup === undefined) {
    return await untilWhole(table, async (attempt) => {
      const lost = await lostRows(connection, block, rows);
      const token = `${block.token}:repair-${attempt}`;
      if (lost.length > 0) await connection.insert(table, token, [linesOf(table, lost)]);
      return lost.length;
    });
  }
  const scope = scopeOf(block, rows);
  return await untilWhole(table, async (attempt) => {
    const lost = await lostCells(connection, scope, rollup);
    const token = `${block.token}:repair-${attempt}`;
    if (lost > 0) await putCellsBack(connection, { scope, rollup, token });
    return lost;
  });
}

/** Rows put back, once an attempt finds nothing lost. */
async function untilWhole(
  table: string,
  putBackLost: (attempt: number) => Promise<number>,
): Promise<number> {
  let repaired = 0;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const lost = await putBackLost(attempt);
    if (lost === 0) return repaired;
    repaired += lost;
  }
  throw new AppError({
    code: 'CLICKHOUSE_REJECTED',
    message: `${table} lacks rows that were put back ${attemptsMax} times: look for a filter, a TTL or a full disk`,
    retriable: true,
  });
}

interface StoredRow extends Readonly<Record<string, unknown>> {
  readonly _offset: number;
  readonly viewed_at?: number;
}

function rowsOf({ body }: RangeBlock): readonly StoredRow[] {
  const text = Buffer.concat(body).toString('utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as StoredRow);
}

function linesOf(table: string, rows: readonly StoredRow[]): Uint8Array {
  const mark = table === tables.tokenViews ? { _repaired: 1 } : {};
  return Buffer.from(rows.map((row) => `${JSON.stringify({ ...row, ...mark })}\n`).join(''));
}

async function lostRows(
  { client }: RepairConnection,
  { table, origin }: RangeBlock,
  rows: readonly StoredRow[],
): Promise<readonly StoredRow[]> {
  const ofTopic = table === tables.tokenViews ? '_topic = {topic:String} AND' : '';
  const result = await client.query({
    query: `SELECT DISTINCT _offset AS place FROM ${table}
WHERE ${ofTopic} _partition = {partition:UInt16} AND _offset >= {start:UInt64} AND _offset < {end:UInt64}`,
    query_params: { ...origin },
    format: 'JSONEachRow',
  });
  const kept = new Set((await result.json<{ place: string }>()).map(({ place }) => Number(place)));
  return rows.filter(({ _offset }) => !kept.has(_offset));
}

/** Where the block's records are, in offsets and in time; the times spare reading other parts. */
type Scope = RangeBlock['origin'] & { readonly first: number; readonly last: number };

function scopeOf({ origin }: RangeBlock, rows: readonly StoredRow[]): Scope {
  let [first, last] = [Number.MAX_SAFE_INTEGER, 0];
  for (const { viewed_at: at = 0 } of rows) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return { ...origin, first, last };
}

/** Cells of the raw rows of the range that do not reach as far in the roll-up: theirs did not get there. */
function lostCellsQuery({ table, bucket, startOf }: Rollup): string {
  const bounds = (bound: string) => `${startOf}(fromUnixTimestamp64Milli({${bound}:Int64}), 'UTC')`;
  return `FROM (
  SELECT token, chain, ${startOf}(viewed_at, 'UTC') AS ${bucket}, _topic, _partition, count() AS views,
    uniqState(viewer) AS viewers, toDateTime(max(ingested_at), 'UTC') AS last_ingested_at, max(_offset) + 1 AS covered
  FROM token_views
  WHERE _topic = {topic:String} AND _partition = {partition:UInt16} AND _offset >= {start:UInt64} AND _offset < {end:UInt64}
    AND viewed_at >= fromUnixTimestamp64Milli({first:Int64}) AND viewed_at <= fromUnixTimestamp64Milli({last:Int64})
    AND bitAnd(flags, 1) = 0
  GROUP BY token, chain, ${bucket}, _topic, _partition
) AS r
LEFT JOIN (
  SELECT token, chain, ${bucket}, _topic, _partition, max(covered) AS reached
  FROM ${table}
  WHERE _topic = {topic:String} AND _partition = {partition:UInt16} AND ${bucket} >= ${bounds('first')} AND ${bucket} <= ${bounds('last')}
  GROUP BY token, chain, ${bucket}, _topic, _partition
) AS c USING (token, chain, ${bucket}, _topic, _partition)
WHERE c.reached < r.covered`;
}

async function lostCells(
  { client }: RepairConnection,
  scope: Scope,
  rollup: Rollup,
): Promise<number> {
  const result = await client.query({
    query: `SELECT count() AS lost ${lostCellsQuery(rollup)}`,
    query_params: { ...scope },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ lost: string }>();
  return Number(row?.lost ?? 0);
}

/** What is lost is found by the same statement that puts it back: no older finding can count twice. */
async function putCellsBack(
  { client, insertSettings }: RepairConnection,
  { scope, rollup, token }: { scope: Scope; rollup: Rollup; token: string },
): Promise<void> {
  const { table, bucket } = rollup;
  const columns = `token, chain, ${bucket}, _topic, _partition, views, viewers, last_ingested_at, covered`;
  await client.command({
    query: `INSERT INTO ${table} (${columns}) SELECT ${columns} ${lostCellsQuery(rollup)}`,
    query_params: { ...scope },
    query_id: `${token}:${table}`,
    clickhouse_settings: { ...insertSettings, insert_deduplication_token: token },
  });
}
