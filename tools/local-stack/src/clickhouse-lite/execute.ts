import type { Engine, EngineConnection } from './engine.ts';
import type { NativeChunk } from './engine-native.ts';
import { ClickHouseException } from './exceptions.ts';
import { isBlockwise } from './formats.ts';
import type { QueryRequest } from './query-request.ts';

/** Counters of the X-ClickHouse-Summary header. */
export interface Summary {
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  readonly elapsedSeconds: number;
}

export type Result =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array; readonly summary: Summary }
  | { readonly kind: 'blocks'; readonly blocks: AsyncGenerator<NativeChunk> };

export const noWork: Summary = {
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
  elapsedSeconds: 0,
};

const streamable = new Set(['SELECT', 'WITH', 'FROM', '(']);
const reaching =
  /^(file|url|urlcluster|s3\w*|gcs|azure\w*|hdfs\w*|remote\w*|executable|mysql|postgresql|mongodb|redis|sqlite|odbc|jdbc|input|python|iceberg\w*|deltalake\w*|hudi\w*)$/;

/** Format of the answer: the statement's own word wins. */
export function resultFormatOf(request: QueryRequest): string {
  return request.statement.verb === 'INSERT'
    ? request.defaultFormat
    : (request.statement.format ?? request.defaultFormat);
}

/**
 * Runs one statement on a connection of its own, so nothing it sets outlives it. A result that comes block by block leaves the
 * connection in use: close it when the blocks are read.
 */
export async function execute(
  connection: EngineConnection,
  request: QueryRequest,
): Promise<Result> {
  refuseReaching(request);
  const preparation = preparationOf(request);
  if (preparation !== '') await connection.query(preparation, 'Null');
  if (request.data !== undefined) return await insert(connection, request.sql, request.data);
  const format = resultFormatOf(request);
  const { verb } = request.statement;
  if (!request.waitsForEnd && streamable.has(verb) && isBlockwise(format)) {
    return await firstBlock(connection.stream(request.sql, format));
  }
  return await whole(connection, request.sql, format);
}

/** Ends what a client no longer waits for. Best effort: the statement may end first. */
export async function cancel(engine: Engine, request: QueryRequest): Promise<void> {
  const connection = engine.connect();
  try {
    const mark = quoted(request.queryId);
    await connection.query(`KILL QUERY WHERE Settings['log_comment'] = ${mark} ASYNC`, 'Null');
  } finally {
    connection.close();
  }
}

async function insert(connection: EngineConnection, sql: string, data: Buffer): Promise<Result> {
  const bytes = new Uint8Array();
  if (data.length === 0) return { kind: 'whole', bytes, summary: noWork };
  const done = await connection.insert(sql, data);
  const written = { writtenRows: done.rowsWritten, writtenBytes: done.bytesWritten };
  const read = { readRows: done.rowsWritten, readBytes: data.length };
  return { kind: 'whole', bytes, summary: { ...read, ...written, elapsedSeconds: done.elapsed } };
}

async function whole(connection: EngineConnection, sql: string, format: string): Promise<Result> {
  const done = await connection.query(sql, format);
  const summary = { ...noWork, readRows: done.rowsRead, readBytes: done.bytesRead };
  return {
    kind: 'whole',
    bytes: done.bytes,
    summary: { ...summary, elapsedSeconds: done.elapsed },
  };
}

/** Waits for the first block, so that most errors still become an HTTP status. */
async function firstBlock(blocks: AsyncGenerator<NativeChunk>): Promise<Result> {
  const first = await blocks.next();
  async function* joined(): AsyncGenerator<NativeChunk> {
    try {
      if (first.done !== true) yield first.value;
      yield* blocks;
    } finally {
      await blocks.return(undefined);
    }
  }
  return { kind: 'blocks', blocks: joined() };
}

function preparationOf(request: QueryRequest): string {
  const statements: string[] = [];
  if (request.database !== undefined) statements.push(`USE ${identifier(request.database)}`);
  for (const [name, value] of request.parameters) {
    statements.push(`SET param_${name} = ${quoted(value)}`);
  }
  // The embedded engine reads a bare expression as SELECT; the server does not.
  const settings = new Map([
    ['implicit_select', '0'],
    ['log_comment', request.queryId],
  ]);
  for (const [name, value] of request.settings) settings.set(name, value);
  const assignments = [...settings].map(([name, value]) => `${name} = ${quoted(value)}`);
  statements.push(`SET ${assignments.join(', ')}`);
  if (request.readonly !== 0) statements.push(`SET readonly = ${request.readonly}`);
  return statements.join('; ');
}

/** The engine runs with its process's rights and has no grants of its own, so what would reach outside is refused here. */
function refuseReaching({ statement, user }: QueryRequest): void {
  if (statement.usesFiles) {
    throw new ClickHouseException(
      48,
      'NOT_IMPLEMENTED',
      'INTO OUTFILE and FROM INFILE belong to clients, not to HTTP.',
    );
  }
  const call =
    user.readonly === 0 ? undefined : [...statement.calls].find((name) => reaching.test(name));
  if (call !== undefined) {
    throw new ClickHouseException(
      497,
      'ACCESS_DENIED',
      `${user.name}: Not enough privileges. To execute this query, it's necessary to have the grant for table function ${call}.`,
    );
  }
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
