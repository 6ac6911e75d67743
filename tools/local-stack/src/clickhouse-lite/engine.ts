import {
  loadNativeEngine,
  type NativeChunk,
  type NativeConnection,
  type NativeEngine,
  type NativeInsertResult,
  type NativeResult,
} from './engine-native.ts';

/** One request's view of the engine: settings made here end with it. One statement at a time. */
export interface EngineConnection {
  query(sql: string, format: string): Promise<NativeResult>;
  /** `prefix` is an INSERT up to its FORMAT or VALUES; `data` may be binary. One call makes one block per `max_insert_block_size`. */
  insert(prefix: string, data: Buffer): Promise<NativeInsertResult>;
  /** Result blocks as they are made, each formatted on its own: only for formats without header and footer. */
  stream(sql: string, format: string): AsyncGenerator<NativeChunk>;
  close(): void;
}

/** The embedded engine on one data directory; only one process may hold a directory. */
export interface Engine {
  readonly version: string;
  readonly timezone: string;
  connect(): EngineConnection;
  /** Releases the directory. All connections must be closed before. */
  close(): void;
}

/** Opens the engine. @throws Error when another process holds the directory. */
export async function openEngine(dir: string): Promise<Engine> {
  const native = loadNativeEngine();
  // The engine stops with its last connection, so one is kept open all the time.
  const anchor = openAnchor(native, dir);
  const about = await native.QueryAsyncConnection(
    anchor,
    'SELECT version(), serverTimezone()',
    'TSV',
  );
  const [version = '', timezone = 'UTC'] = new TextDecoder().decode(about.bytes).trim().split('\t');
  return {
    version,
    timezone,
    connect: () => engineConnection(native, native.CreateConnection(dir)),
    close: () => native.CloseConnection(anchor),
  };
}

function openAnchor(native: NativeEngine, dir: string): NativeConnection {
  try {
    return native.CreateConnection(dir);
  } catch (cause) {
    throw new Error(
      `The ClickHouse engine could not open ${dir}: is another process using it, or is it not writable? Stop that process or choose another CLICKHOUSE_LITE_DIR.`,
      { cause },
    );
  }
}

function engineConnection(native: NativeEngine, handle: NativeConnection): EngineConnection {
  return {
    query: (sql, format) => native.QueryAsyncConnection(handle, sql, format),
    insert: (prefix, data) => native.InsertRawAsyncConnection(handle, prefix, data, false),
    async *stream(sql, format) {
      const stream = native.StreamQuery(handle, sql, format);
      try {
        for (;;) {
          const chunk = await native.StreamFetch(stream);
          if (chunk.done === true) return;
          yield chunk;
        }
      } finally {
        native.StreamCancel(stream);
      }
    },
    close: () => native.CloseConnection(handle),
  };
}
