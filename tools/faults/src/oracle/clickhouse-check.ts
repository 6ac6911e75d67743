import { type Difference, differenceOf, differencesBetween } from './differences.ts';
import { sqlRows } from './http.ts';
import type { LogAudit } from './log-audit.ts';

interface CellRow {
  readonly token: string;
  readonly start: string | number;
  readonly n: string | number;
}

/** Raw rows, their log positions, distinct events by token and minute, and all three roll-ups cell by cell, without FINAL. */
export async function clickhouseDifferences(
  url: string,
  tokens: readonly string[],
  audit: LogAudit,
): Promise<Difference[]> {
  const indexOf = new Map(tokens.map((token, index) => [token, index]));
  const one = async (query: string) => Number((await sqlRows<{ n: string }>(url, query))[0]?.n);
  const cells = async (query: string) =>
    new Map(
      (await sqlRows<CellRow>(url, query)).map(({ token, start, n }) => [
        `${indexOf.get(token) ?? token}|${start}`,
        Number(n),
      ]),
    );
  const rows = await one('SELECT count() AS n FROM token_views');
  // The rest is dear; while rows are still on their way it would only say so at length.
  if (rows < audit.records) return differenceOf('ClickHouse rows', audit.records, rows);
  const places = await one('SELECT uniqExact((_topic, _partition, _offset)) AS n FROM token_views');
  const events = await cells(
    'SELECT token, toUnixTimestamp(toStartOfMinute(viewed_at)) AS start, uniqExact(event_id) AS n FROM token_views GROUP BY token, start',
  );
  const differences = [
    ...differenceOf('ClickHouse rows', audit.records, rows),
    ...differenceOf('ClickHouse log positions', audit.records, places),
    ...differencesBetween('ClickHouse events', audit.distinct.by('minute'), events),
  ];
  for (const bucket of ['minute', 'hour', 'day'] as const) {
    const rolled = await cells(
      `SELECT token, toUnixTimestamp(r.${bucket}) AS start, sum(views) AS n FROM token_views_by_${bucket} AS r GROUP BY token, r.${bucket}`,
    );
    const place = `ClickHouse roll-up by ${bucket}`;
    differences.push(...differencesBetween(place, audit.all.by(bucket), rolled));
  }
  return differences;
}
