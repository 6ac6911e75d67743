import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ClickHouseException } from './exceptions.ts';
import { fallbackFormat } from './formats.ts';
import { type Statement, scanStatement } from './sql-scan.ts';
import { authenticate, credentialsOf, type User } from './users.ts';

/** One HTTP call, understood: what to run, as whom, with which settings. */
export interface QueryRequest {
  readonly user: User;
  readonly queryId: string;
  readonly database: string | undefined;
  readonly defaultFormat: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Engine settings of the URL; `readonly` is apart because it must be set last. */
  readonly settings: ReadonlyMap<string, string>;
  readonly readonly: number;
  readonly mayCompress: boolean;
  readonly waitsForEnd: boolean;
  readonly statement: Statement;
  /** The statement's text; of an INSERT with inline data, the part before the data. */
  readonly sql: string;
  readonly data: Buffer | undefined;
}

// Parameters of the HTTP interface itself; every other name in the URL is a setting of the engine.
const ownParameters = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'quota_key',
  'role',
  'stacktrace',
  'buffer_size',
  'wait_end_of_query',
  'enable_http_compression',
  'readonly',
]);
const unsupported = ['session_id', 'compress', 'decompress'];
// As the server's max_query_size: inline data begins before this, or the statement is refused.
const headBytesMax = 256 * 1024;

/** @throws ClickHouseException for a wrong password, an unsupported option or several statements in one call. */
export function queryRequestOf(
  request: IncomingMessage,
  url: URLSearchParams,
  input: { readonly users: readonly User[]; readonly body: Buffer },
): QueryRequest {
  const user = authenticate(input.users, credentialsOf(request.headers, url));
  refuseUnsupported(url);
  const database = url.get('database') ?? request.headers['x-clickhouse-database'];
  const format = url.get('default_format') ?? request.headers['x-clickhouse-format'];
  return {
    user,
    queryId: url.get('query_id') || randomUUID(),
    database: database === undefined || database === '' ? undefined : String(database),
    defaultFormat: String(format ?? fallbackFormat),
    parameters: named(url, (name) => (name.startsWith('param_') ? name.slice(6) : undefined)),
    settings: named(url, (name) => (isSetting(name) ? name : undefined)),
    readonly: readonlyOf(user, url.get('readonly'), request.method),
    mayCompress: url.get('enable_http_compression') === '1',
    waitsForEnd: url.get('wait_end_of_query') === '1',
    ...statementOf(url.get('query') ?? '', input.body),
  };
}

function isSetting(name: string): boolean {
  return !name.startsWith('param_') && !ownParameters.has(name);
}

function named(
  url: URLSearchParams,
  nameOf: (name: string) => string | undefined,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of url) {
    const name = nameOf(key);
    if (name === undefined) continue;
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new ClickHouseException(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
    }
    found.set(name, value);
  }
  return found;
}

function refuseUnsupported(url: URLSearchParams): void {
  const name = unsupported.find((one) => url.has(one) && url.get(one) !== '0');
  if (name !== undefined) {
    throw new ClickHouseException(
      48,
      'NOT_IMPLEMENTED',
      `URL parameter '${name}' is not supported by the embedded engine's HTTP interface; use a ClickHouse server for it.`,
    );
  }
}

/** GET must not write, as on the server; a read-only user stays one whatever the URL says. */
function readonlyOf(user: User, asked: string | null, method: string | undefined): number {
  const wanted = asked === null ? undefined : Number(asked);
  if (user.readonly !== 0 && wanted !== undefined && wanted !== user.readonly) {
    throw new ClickHouseException(
      164,
      'READONLY',
      "Cannot modify 'readonly' setting in readonly mode.",
    );
  }
  const given = wanted ?? user.readonly;
  return given === 0 && method !== 'POST' ? 2 : given;
}

function statementOf(
  query: string,
  body: Buffer,
): Pick<QueryRequest, 'statement' | 'sql' | 'data'> {
  const head = Buffer.from(query, 'utf8');
  const inUrl = scanStatement(head.toString('latin1'));
  if (inUrl.verb === 'INSERT' && !inUrl.isMulti) return insertOf(inUrl, head, body);
  const whole = body.length === 0 ? head : Buffer.concat([head, body]);
  // latin1 keeps string indexes equal to byte offsets, so binary data behind the statement stays untouched.
  const statement =
    whole === head ? inUrl : scanStatement(whole.toString('latin1', 0, headBytesMax));
  if (statement.verb === '') throw new ClickHouseException(62, 'SYNTAX_ERROR', 'Empty query');
  if (statement.dataAt !== undefined) return insertOf(statement, whole, Buffer.alloc(0));
  if (statement.isMulti) {
    throw new ClickHouseException(
      62,
      'SYNTAX_ERROR',
      'Syntax error (Multi-statements are not allowed): send one statement a request.',
    );
  }
  const end = whole.length > headBytesMax ? whole.length : statement.end;
  return { statement, sql: whole.toString('utf8', 0, end), data: undefined };
}

function insertOf(
  statement: Statement,
  text: Buffer,
  body: Buffer,
): Pick<QueryRequest, 'statement' | 'sql' | 'data'> {
  if (statement.dataAt === undefined) {
    const sql = text.toString('utf8', 0, statement.end);
    // INSERT … SELECT has no data; an INSERT that names no format takes Values.
    const hasSelect = /\bselect\b/i.test(sql);
    return hasSelect || body.length === 0
      ? { statement, sql, data: undefined }
      : { statement, sql: `${sql} VALUES`, data: body };
  }
  const inline = text.subarray(statement.dataAt + blankLength(text, statement.dataAt));
  const data = inline.length === 0 ? body : Buffer.concat([inline, body]);
  return { statement, sql: text.toString('utf8', 0, statement.dataAt), data };
}

/** Spaces and one line break between a format's name and the data. */
function blankLength(text: Buffer, from: number): number {
  return (
    /^[ \t\r]*(;[ \t\r]*)?\n?/.exec(text.toString('latin1', from, from + 256))?.[0].length ?? 0
  );
}
