import type { CheckConfig } from './config.ts';

type Server = Pick<
  CheckConfig,
  'CLICKHOUSE_URL' | 'CLICKHOUSE_USER' | 'CLICKHOUSE_PASSWORD' | 'CLICKHOUSE_DATABASE'
>;

const timeoutMs = 60_000;

/** Rows of a query; 64-bit numbers arrive as text. @throws Error with the server's words. */
export async function sql<T>(server: Server, query: string): Promise<T[]> {
  const url = new URL(server.CLICKHOUSE_URL);
  url.searchParams.set('database', server.CLICKHOUSE_DATABASE);
  url.searchParams.set('default_format', 'JSONEachRow');
  const response = await fetch(url, {
    method: 'POST',
    body: query,
    headers: {
      'x-clickhouse-user': server.CLICKHOUSE_USER,
      'x-clickhouse-key': server.CLICKHOUSE_PASSWORD,
    },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`ClickHouse answered ${response.status}: ${text.slice(0, 500)}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
