const timeoutMs = 20_000;

export async function getJson<T>(url: string, limitMs?: number): Promise<T> {
  return JSON.parse(await getText(url, limitMs)) as T;
}

export async function getText(url: string, limitMs = timeoutMs): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
  return text;
}

/** One query over ClickHouse's HTTP interface, rows as objects. */
export async function sqlRows<T>(clickhouseUrl: string, query: string): Promise<T[]> {
  const response = await fetch(`${clickhouseUrl}/?default_format=JSONEachRow&database=trending`, {
    method: 'POST',
    body: query,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`ClickHouse: ${text.slice(0, 300)}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
