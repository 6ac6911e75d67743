import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { TopicPartition } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import type { RowBlock, RowSink } from '../tasks/sink-ports.ts';
import { clickHouseError } from './clickhouse-error.ts';
import { repairTable } from './clickhouse-repair.ts';

export interface ClickHouseSinkSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Longest wait for an insert's answer, ms, so that a connection that died without a word is found within 30 s; after it nobody knows whether it landed. */
  readonly timeoutMs?: number;
}

// The same on every repetition. The raw table and the targets of its views all remember the token, so one insert counts once in each.
const insertSettings = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  wait_end_of_query: 1,
  // One range must stay one block: a range of several would be remembered in parts.
  max_insert_block_size: '1048576',
  min_insert_block_size_rows: '1048576',
  min_insert_block_size_bytes: '268435456',
  input_format_parallel_parsing: 0,
  // A range may hold views of any month; the default of 100 would have it refused for ever.
  max_partitions_per_insert_block: '0',
} as const;

const newestViewQuery = `SELECT if(count() = 0, -1, toInt64(max(_offset))) AS newest
FROM token_views WHERE _topic = {topic:String} AND _partition = {partition:UInt16}`;

/** The sink's end on a ClickHouse server, or on the embedded engine: both speak the same HTTP. */
export function createClickHouseSink(settings: ClickHouseSinkSettings): RowSink {
  const { url, username, password, database, timeoutMs = 20_000 } = settings;
  const client = createClient({
    url,
    username,
    password,
    database,
    request_timeout: timeoutMs,
    // Below the server's 3 s: a socket it is about to close must not take an insert.
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    max_open_connections: 16,
    // Errors reach the caller; the client would print them a second time.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    async insert(block) {
      await insert(client, block).catch((cause: unknown) => {
        throw insertError(block, cause);
      });
    },
    async repair(block, table) {
      const connection = {
        client,
        insertSettings,
        insert: (table: string, token: string, body: readonly Uint8Array[]) =>
          insert(client, { table, token, body }),
      };
      return await repairTable(connection, block, table).catch((cause: unknown) => {
        throw cause instanceof AppError ? cause : insertError(block, cause, 'Repair');
      });
    },
    async newestViewOffset(origin) {
      return await newestViewOffset(client, origin).catch((cause: unknown) => {
        const what = `Question for the newest row of ${origin.topic}/${origin.partition}`;
        throw clickHouseError(what, cause);
      });
    },
    close: () => client.close(),
  };
}

async function insert(client: ClickHouseClient, block: Omit<RowBlock, 'rows'>): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO ${block.table} FORMAT JSONEachRow`,
    values: Readable.from(block.body, { objectMode: false }),
    // A repetition is refused while the first is still at work, so what it finds known is settled.
    query_id: block.token,
    clickhouse_settings: { ...insertSettings, insert_deduplication_token: block.token },
  });
  // The socket is free again only when the (empty) answer was read.
  for await (const _ of stream);
}

async function newestViewOffset(client: ClickHouseClient, origin: TopicPartition): Promise<number> {
  const { topic, partition } = origin;
  const result = await client.query({
    query: newestViewQuery,
    query_params: { topic, partition },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ newest: string }>();
  return Number(row?.newest ?? -1);
}

function insertError({ table, rows, token }: RowBlock, cause: unknown, what = 'Insert'): AppError {
  return clickHouseError(`${what} of ${rows} rows into ${table} (${token})`, cause);
}
