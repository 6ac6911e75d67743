import { type Difference, differenceOf, differencesBetween } from './differences.ts';
import { sqlRows } from './http.ts';
import type { LogAudit } from './log-audit.ts';

interface MinuteRow {
  readonly token: string;
  readonly minute: string | number;
  readonly n: string | number;
}

/** Raw rows, their log positions, distinct events by token and minute, and all three roll-ups, without FINAL. */
export async function clickhouseDifferences(
  url: string,
  tokens: readonly string[],
  audit: LogAudit,
): Promise<Difference[]> {
  const indexOf = new Map(tokens.map((token, index) => [token, index]));
  const byMinute = (rows: readonly MinuteRow[]) =>
    new Map(
      rows.map(({ token, minute, n }) => [`${indexOf.get(token) ?? token}|${minute}`, Number(n)]),
    );
  const one = async (query: string) => Number((await sqlRows<{ n: string }>(url, query))[0]?.n);
  const minutes = 'toUnixTimestamp(toStartOfMinute(viewed_at)) AS minute';
  const rows = await one('SELECT count() AS n FROM token_views');
  // The rest is dear; while rows are still on their way it would only say so at length.
  if (rows < audit.records) return differenceOf('ClickHouse rows', audit.records, rows);
  const places = await one('SELECT uniqExact((_topic, _partition, _offset)) AS n FROM token_views');
  const events = await sqlRows<MinuteRow>(
    url,
    `SELECT token, ${minutes}, uniqExact(event_id) AS n FROM token_views GROUP BY token, minute`,
  );
  const rolled = await sqlRows<MinuteRow>(
    url,
    'SELECT token, toUnixTimestamp(r.minute) AS minute, sum(views) AS n FROM token_views_by_minute AS r GROUP BY token, r.minute',
  );
  const hours = await one('SELECT sum(views) AS n FROM token_views_by_hour');
  const days = await one('SELECT sum(views) AS n FROM token_views_by_day');
  return [
    ...differenceOf('ClickHouse rows', audit.records, rows),
    ...differenceOf('ClickHouse log positions', audit.records, places),
    ...differencesBetween('ClickHouse events', audit.distinct.byMinute(), byMinute(events)),
    ...differencesBetween('ClickHouse roll-up by minute', audit.all.byMinute(), byMinute(rolled)),
    ...differenceOf('ClickHouse roll-up by hour', audit.records, hours),
    ...differenceOf('ClickHouse roll-up by day', audit.records, days),
  ];
}
