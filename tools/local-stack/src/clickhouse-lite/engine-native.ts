import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Opaque handle of one connection: its own settings, parameters and current database. */
export type NativeConnection = object;
/** Opaque handle of a running streamed query. */
export type NativeStream = object;

export interface NativeResult {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface NativeInsertResult {
  readonly elapsed: number;
  /** Includes rows written by materialized views, as in the server's summary header. */
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

export interface NativeChunk {
  readonly done?: boolean;
  readonly bytes: Uint8Array;
  readonly numRows: number;
}

/** The binding's own functions, of which its JavaScript classes expose only a part. Async ones run on libuv's threads. */
export interface NativeEngine {
  CreateConnection(dir: string, args?: readonly string[]): NativeConnection;
  CloseConnection(connection: NativeConnection): void;
  QueryAsyncConnection(c: NativeConnection, sql: string, format: string): Promise<NativeResult>;
  InsertRawAsyncConnection(
    ...call: [NativeConnection, prefix: string, data: Buffer, countLines: boolean]
  ): Promise<NativeInsertResult>;
  StreamQuery(connection: NativeConnection, sql: string, format: string): NativeStream;
  StreamFetch(stream: NativeStream): Promise<NativeChunk>;
  StreamCancel(stream: NativeStream): void;
  EngineVersion(): string;
}

/**
 * Loads chDB's native part. Its public `insert()` takes text formats and a table name only, while an HTTP insert is any statement
 * with any format: so this reaches one level deeper, to the function below it. The version is pinned in package.json.
 */
export function loadNativeEngine(): NativeEngine {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('chdb'));
  return (
    require(join(folder, 'dist', 'loader.js')) as { loadNative(): NativeEngine }
  ).loadNative();
}
