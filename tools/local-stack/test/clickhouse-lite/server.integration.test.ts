import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import { until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../src/clickhouse-lite/main.ts', import.meta.url));
let server: ChildProcess;
let url: string;
let client: ClickHouseClient;

async function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const env = { ...process.env, CLICKHOUSE_LITE_PORT: '0', CLICKHOUSE_LITE_ANALYST_PASSWORD: 'pw' };
  const started = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (started.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: started.stdout })) {
    const { url: found } = JSON.parse(line) as { url?: string };
    if (found !== undefined) return { server: started, url: found };
  }
  throw new Error('clickhouse-lite ended before it was ready');
}

beforeAll(async () => {
  ({ server, url } = await startServer());
  client = createClient({ url });
});
afterAll(async () => {
  await client.close();
  server.kill();
  await once(server, 'exit');
});

const texts = async (query: string, format: 'TabSeparated' | 'JSONEachRow' = 'TabSeparated') =>
  (await (await client.query({ query, format })).text()).trim();

describe('a plain client', () => {
  test('pings, with and without a query', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  test('reads every kind of format', async () => {
    const query = "SELECT number AS n, 'ä' AS s FROM numbers(2)";
    const json = await client.query({ query, format: 'JSON' });
    expect((await json.json()).rows).toBe(2);
    const rows = await client.query({ query, format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([
      { n: 0, s: 'ä' },
      { n: 1, s: 'ä' },
    ]);
    const compact = await client.query({ query, format: 'JSONCompactEachRowWithNames' });
    expect(await compact.json()).toEqual([
      ['n', 's'],
      [0, 'ä'],
      [1, 'ä'],
    ]);
    const csv = await client.query({ query, format: 'CSVWithNames' });
    expect(await csv.text()).toBe('"n","s"\n0,"ä"\n1,"ä"\n');
    const parquet = await client.exec({ query: `${query} FORMAT Parquet` });
    const bytes = Buffer.concat(await parquet.stream.toArray());
    expect(bytes.toString('latin1', 0, 4)).toBe('PAR1');
  });

  test('streams a result that is larger than any buffer in between', async () => {
    const result = await client.query({
      query: 'SELECT number AS n FROM numbers(500000)',
      format: 'JSONEachRow',
    });
    let count = 0;
    let last: unknown;
    for await (const rows of result.stream<{ n: number }>()) {
      count += rows.length;
      last = rows.at(-1)?.json();
    }
    expect([count, last]).toEqual([500_000, { n: 499_999 }]);
  });

  test('binds parameters of all types', async () => {
    const result = await client.query({
      query:
        'SELECT {n:UInt64} AS n, {s:String} AS s, {a:Array(String)} AS a, {at:DateTime64(3)} AS at, {t:Identifier} AS one FROM system.one',
      query_params: {
        n: 7,
        s: "a\tb'\\ü\n",
        a: ["x'", 'y'],
        at: new Date(1_700_000_000_123),
        t: 'dummy',
      },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<Record<string, unknown>>();
    expect(row).toMatchObject({ n: 7, s: "a\tb'\\ü\n", a: ["x'", 'y'], one: 0 });
    expect(row?.['at']).toMatch(/\.123$/);
  });

  test('creates, inserts values and streams, and reads them again', async () => {
    await client.command({
      query: 'CREATE TABLE things (n UInt64, s String) ENGINE = MergeTree ORDER BY n',
    });
    await client.insert({
      table: 'things',
      values: [
        { n: 1, s: 'a' },
        { n: 2, s: 'b' },
      ],
      format: 'JSONEachRow',
    });
    await client.insert({
      table: 'things',
      values: Readable.from([{ n: 3, s: 'c' }]),
      format: 'JSONEachRow',
    });
    await client.insert({
      table: 'things',
      values: Readable.from(['4,"d;\n"\n'], { objectMode: false }),
      format: 'CSV',
      columns: ['n', 's'],
    });
    const done = await client.insert({
      table: 'things',
      values: [[5, 'e']],
      format: 'JSONCompactEachRow',
    });
    expect(done.summary?.written_rows).toBe('1');
    expect(await texts('SELECT groupArray(s) FROM (SELECT s FROM things ORDER BY n)')).toBe(
      "['a','b','c','d;\\n','e']",
    );
  });

  test('sets settings for one call only', async () => {
    const query = "SELECT getSetting('max_threads') AS n";
    const set = await client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { max_threads: 3 },
    });
    expect(await set.json()).toEqual([{ n: expect.anything() }]);
    const results = await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const result = await client.query({
          query,
          format: 'TabSeparated',
          clickhouse_settings: { max_threads: n },
        });
        return (await result.text()).trim();
      }),
    );
    expect(results).toEqual(['1', '2', '3', '4']);
  });

  test('works compressed both ways', async () => {
    const packed = createClient({ url, compression: { request: true, response: true } });
    await packed.command({ query: 'CREATE TABLE packed (s String) ENGINE = Memory' });
    await packed.insert({
      table: 'packed',
      values: [{ s: 'x'.repeat(10_000) }],
      format: 'JSONEachRow',
    });
    const whole = await packed.query({ query: 'SELECT s FROM packed', format: 'JSON' });
    expect((await whole.json<{ s: string }>()).data[0]?.s).toHaveLength(10_000);
    const lines = await packed.query({
      query: 'SELECT number FROM numbers(100000)',
      format: 'JSONEachRow',
    });
    expect(await lines.json()).toHaveLength(100_000);
    await packed.close();
  });

  test('an abort ends the query in the engine', async () => {
    const stop = new AbortController();
    const running = client.query({
      query: 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
      abort_signal: stop.signal,
    });
    const count =
      "SELECT count() FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%processes%'";
    await until({ timeoutMs: 10_000, what: 'the query to run' }, async () =>
      (await texts(count)) === '1' ? true : undefined,
    );
    stop.abort();
    await expect(running).rejects.toThrow();
    await until({ timeoutMs: 10_000, what: 'the query to end' }, async () =>
      (await texts(count)) === '0' ? true : undefined,
    );
  });

  test('pings are answered while long queries run', async () => {
    const slow = Array.from({ length: 14 }, () => texts('SELECT sleep(1)'));
    const began = performance.now();
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(900);
    await Promise.all(slow);
  });

  test('the same insert sent three times is there once, in its roll-up too', async () => {
    const window = 'SETTINGS non_replicated_deduplication_window = 100';
    await client.command({
      query: `CREATE TABLE raw (t String) ENGINE = MergeTree ORDER BY t ${window}`,
    });
    await client.command({
      query: `CREATE TABLE rolled (t String, n SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY t ${window}`,
    });
    await client.command({
      query:
        'CREATE MATERIALIZED VIEW roll TO rolled AS SELECT t, count() AS n FROM raw GROUP BY t',
    });
    for (let i = 0; i < 3; i += 1) {
      await client.insert({
        table: 'raw',
        values: Array.from({ length: 1_000 }, (_, n) => ({ t: `t${n % 7}` })),
        format: 'JSONEachRow',
        clickhouse_settings: {
          insert_deduplication_token: 'range-1',
          deduplicate_blocks_in_dependent_materialized_views: 1,
          wait_end_of_query: 1,
        },
      });
    }
    expect(await texts('SELECT (SELECT count() FROM raw), (SELECT sum(n) FROM rolled)')).toBe(
      '(1000,1000)'.replace(/[()]/g, '').replace(',', '\t'),
    );
  });

  test('a roll-up that failed is made up for when the same insert comes again', async () => {
    const window = 'SETTINGS non_replicated_deduplication_window = 100';
    const run = (query: string) => client.command({ query });
    await run(`CREATE TABLE source (a UInt64) ENGINE = MergeTree ORDER BY a ${window}`);
    await run(
      `CREATE TABLE total (k UInt8, n SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k ${window}`,
    );
    await run(
      "CREATE MATERIALIZED VIEW totals TO total AS SELECT 1 AS k, count() + throwIf(any(getSetting('max_threads')) = 7) AS n FROM source",
    );
    const insert = (threads: number) =>
      client.insert({
        table: 'source',
        values: [{ a: 1 }, { a: 2 }],
        format: 'JSONEachRow',
        clickhouse_settings: {
          max_threads: threads,
          insert_deduplication_token: 'range-1',
          deduplicate_blocks_in_dependent_materialized_views: 1,
        },
      });
    const both = 'SELECT (SELECT count() FROM source), (SELECT sum(n) FROM total)';
    await expect(insert(7)).rejects.toThrow();
    expect(await texts(both)).toBe('2\t0');
    await insert(2);
    await insert(2);
    expect(await texts(both)).toBe('2\t2');
  });
});

describe('errors', () => {
  test.each([
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['SELECT 1 SETTINGS nope = 1', '115', 'UNKNOWN_SETTING'],
    ['SELECT nope()', '46', 'UNKNOWN_FUNCTION'],
  ])('%s is a ClickHouseError %s %s', async (query, code, type) => {
    const failed = await client.query({ query }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ClickHouseError);
    expect(failed).toMatchObject({ code, type });
  });

  test('bad rows refuse the whole insert', async () => {
    await client.command({ query: 'CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n' });
    const values = Readable.from(['{"n":1}\n{"n":"x"}\n'], { objectMode: false });
    const failed = client.exec({ query: 'INSERT INTO strict FORMAT JSONEachRow', values });
    await expect(failed).rejects.toMatchObject({ type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED' });
    expect(await texts('SELECT count() FROM strict')).toBe('0');
  });

  test('an exception after the first rows breaks the stream with its message', async () => {
    const result = await client.query({
      query: "SELECT throwIf(number = 300000, 'boom') AS x FROM numbers(400000)",
      format: 'JSONEachRow',
    });
    const read = async () => {
      for await (const _ of result.stream());
    };
    await expect(read()).rejects.toThrow(/boom/);
  });

  test('a wrong password is 516 and names no user who exists', async () => {
    const other = createClient({ url, username: 'analyst', password: 'wrong' });
    await expect(other.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' });
    expect((await other.ping({ select: true })).success).toBe(false);
    await other.close();
  });

  test('a missing database is told', async () => {
    const other = createClient({ url, database: 'nowhere' });
    await expect(other.query({ query: 'SELECT 1' })).rejects.toMatchObject({
      type: 'UNKNOWN_DATABASE',
    });
    await other.close();
  });
});

describe('the analyst', () => {
  test('reads and sets settings, but neither writes nor reaches outside', async () => {
    const analyst = createClient({ url, username: 'analyst', password: 'pw' });
    const ask = (query: string) =>
      analyst.query({ query, clickhouse_settings: { max_threads: 1 } });
    expect(await (await ask('SELECT 1')).json()).toMatchObject({ rows: 1 });
    await expect(
      analyst.command({ query: 'CREATE TABLE x (a Int8) ENGINE = Memory' }),
    ).rejects.toMatchObject({ type: 'READONLY' });
    await expect(analyst.command({ query: 'SET readonly = 0' })).rejects.toMatchObject({
      type: 'READONLY',
    });
    await expect(ask("SELECT * FROM file('/etc/hostname', 'LineAsString')")).rejects.toMatchObject({
      type: 'ACCESS_DENIED',
    });
    await analyst.close();
  });
});

describe('bare HTTP', () => {
  const post = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { method: 'POST', ...init });

  test('answers carry the server’s headers', async () => {
    const answer = await fetch(`${url}/?query=SELECT+1+FORMAT+CSV&query_id=q-1`);
    const header = (name: string) => answer.headers.get(`x-clickhouse-${name}`);
    expect([answer.status, header('query-id'), header('format')]).toEqual([200, 'q-1', 'CSV']);
    expect(JSON.parse(header('summary') ?? '')).toHaveProperty('read_rows');
    expect(header('server-display-name')).not.toBe('');
  });

  test('an exception has its code in a header and its text in the body', async () => {
    const answer = await post('/', { body: 'SELECT * FROM nowhere' });
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([404, '60']);
    expect(await answer.text()).toMatch(
      /^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\) \(version /,
    );
  });

  test('GET does not write', async () => {
    const answer = await fetch(
      `${url}/?query=${encodeURIComponent('CREATE TABLE g (a Int8) ENGINE = Memory')}`,
    );
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('164');
  });

  test('HEAD, unknown paths, no query', async () => {
    expect((await fetch(`${url}/ping`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    expect(await (await fetch(url)).text()).toBe('Ok.\n');
  });

  test('damaged compressed bodies are refused and the next request is served', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const broken = await post('/', { headers, body: gzipSync('SELECT 1').subarray(0, 12) });
    expect(broken.headers.get('x-clickhouse-exception-code')).toBe('354');
    const unknown = await post('/', { headers: { 'content-encoding': 'lzma' }, body: 'x' });
    expect(unknown.headers.get('x-clickhouse-exception-code')).toBe('89');
    expect(await texts('SELECT 1')).toBe('1');
  });

  test('a page of another site is turned away', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await post('/', { headers, body: 'SELECT 1' })).status).toBe(403);
  });
});

test('stops at once with a query running, and removes its temporary directory', async () => {
  const other = await startServer();
  const lost = fetch(other.url, {
    method: 'POST',
    body: 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
  });
  lost.catch(() => undefined);
  const probe = createClient({ url: other.url });
  await until({ timeoutMs: 10_000, what: 'the query to run' }, async () => {
    const result = await probe.query({
      query: 'SELECT count() FROM system.processes',
      format: 'TabSeparated',
    });
    return Number(await result.text()) > 1 ? true : undefined;
  });
  await probe.close();
  other.server.kill();
  const [code] = await once(other.server, 'exit');
  expect(code).toBe(0);
  const left = readdirSync(tmpdir()).filter((name) =>
    name.startsWith(`clickhouse-lite-${other.server.pid}-`),
  );
  expect(left).toEqual([]);
});
