import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '../shared/sql.ts';
import type { Oracle } from './load.ts';
import type { SinkWorld } from './world.ts';

export interface TableCounts {
  readonly rows: number;
  readonly places: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  /** Cells (token and minute, hour or day) whose views are not those of the raw rows. */
  readonly cellsOff: number;
  /** Raw rows that a repair put back. */
  readonly repaired: number;
}

const pollMs = 500;
/** Tables that did not change for so long will not change any more, however slow the machine is. */
const stillMs = 60_000;
/** How long they must stay exact: a row that comes twice may come late. */
const calmMs = 2_000;

export function isExact(found: TableCounts, { views, counted }: Oracle): boolean {
  const isRaw = found.rows === views && found.places === views;
  const isRolledUp = found.minute === counted && found.hour === counted && found.day === counted;
  return isRaw && isRolledUp && found.cellsOff === 0;
}

/** The tables two seconds after they became exact, or once they stand still without being so. */
export async function settledCounts(world: SinkWorld, oracle: Oracle): Promise<TableCounts> {
  let before = '';
  let changedAt = performance.now();
  while (performance.now() - changedAt < stillMs) {
    const counts = await countsOf(world).catch(() => undefined);
    if (counts !== undefined && isExact(counts, oracle)) break;
    const now = JSON.stringify(counts);
    if (now !== before) changedAt = performance.now();
    before = now;
    await sleep(pollMs);
  }
  await sleep(calmMs);
  return countsOf(world);
}

const rollups = [
  ['minute', 'toStartOfMinute'],
  ['hour', 'toStartOfHour'],
  ['day', 'toStartOfDay'],
] as const;

/** Sums without FINAL: what any analyst would get. */
async function countsOf({ server }: SinkWorld): Promise<TableCounts> {
  const sums = rollups.map(
    ([name]) => `(SELECT sum(views) FROM token_views_by_${name}) AS ${name}`,
  );
  const off = rollups.map(([name, startOf]) => `(${cellsOffQuery(name, startOf)})`);
  const query = `SELECT
    (SELECT count() FROM token_views) AS rows,
    (SELECT uniqExact((_topic, _partition, _offset)) FROM token_views) AS places,
    (SELECT sum(_repaired) FROM token_views) AS repaired,
    ${sums.join(',\n    ')},
    ${off.join(' + ')} AS cellsOff`;
  const [row] = await sql<Record<keyof TableCounts, string>>(server, query);
  const read = (name: keyof TableCounts) => Number(row?.[name] ?? 0);
  return {
    ...{ rows: read('rows'), places: read('places'), repaired: read('repaired') },
    ...{ minute: read('minute'), hour: read('hour'), day: read('day') },
    cellsOff: read('cellsOff'),
  };
}

/** Sums may agree where cells do not: one too many here, one too few there. */
function cellsOffQuery(name: string, startOf: string): string {
  return `SELECT count() FROM (
    SELECT token, cell, sum(views) AS off FROM (
      SELECT token, ${name} AS cell, toInt64(sum(views)) AS views FROM token_views_by_${name} GROUP BY token, cell
      UNION ALL
      SELECT token, ${startOf}(viewed_at, 'UTC') AS cell, -toInt64(count()) AS views FROM token_views
      WHERE bitAnd(flags, 1) = 0 GROUP BY token, cell
    ) GROUP BY token, cell HAVING off != 0)`;
}
