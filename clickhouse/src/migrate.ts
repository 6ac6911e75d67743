import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AppError, type Logger } from '@trending/runtime';
import { type Migration, readMigrations } from './migration-files.ts';

export interface MigrateSettings {
  /** Base URL of ClickHouse's HTTP interface. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Made when missing; migrations name tables without a database. */
  readonly database: string;
  readonly logger: Logger;
  /** For tests; else the files of this workspace. */
  readonly migrations?: readonly Migration[];
}

interface Applied {
  readonly version: number;
  readonly checksum: string;
  readonly migration_name: string;
}

// The clickhouse-migrations tool's own bookkeeping table, so either can take over from the other. That tool is not used here: as
// a library it prints and ends the process on errors, and it cannot leave out what an engine without access storage refuses.
const bookkeeping = `CREATE TABLE IF NOT EXISTS _migrations
(
  uid UUID DEFAULT generateUUIDv4(),
  version UInt32,
  checksum String,
  migration_name String,
  applied_at DateTime DEFAULT now()
)
ENGINE = MergeTree ORDER BY tuple(applied_at)`;

/**
 * Brings a database to the newest version; returns the names of the files applied now. Run it from one process at a time.
 * @throws AppError CLICKHOUSE_UNAVAILABLE (retriable), CLICKHOUSE_REJECTED when a file changed after it was applied, is missing,
 * or its SQL failed.
 */
export async function migrate(settings: MigrateSettings): Promise<readonly string[]> {
  const { url, username, password, database, logger } = settings;
  const migrations = settings.migrations ?? readMigrations();
  // Errors are thrown; the client would print them a second time.
  const connection = { url, username, password, log: { level: ClickHouseLogLevel.OFF } };
  const admin = createClient(connection);
  const client = createClient({ ...connection, database });
  try {
    await reach(admin, url);
    await admin.command({ query: `CREATE DATABASE IF NOT EXISTS ${quotedName(database)}` });
    await client.command({ query: bookkeeping });
    const applied = await appliedOf(client);
    checkUnchanged(migrations, applied);
    const known = new Set(applied.map(({ version }) => version));
    const pending = migrations.filter(({ version }) => !known.has(version));
    const isEmbedded = await hasNoAccessStorage(client);
    for (const migration of pending) {
      await apply(client, migration, isEmbedded);
      logger.info({ migration: migration.name, database }, 'migration applied');
    }
    return pending.map(({ name }) => name);
  } finally {
    await Promise.all([admin.close(), client.close()]);
  }
}

async function reach(client: ClickHouseClient, url: string): Promise<void> {
  const answer = await client.ping({ select: true });
  if (answer.success) return;
  throw new AppError({
    code: 'CLICKHOUSE_UNAVAILABLE',
    message: `ClickHouse at ${url} does not answer: ${answer.error.message}. Is it running, and are user and password right?`,
    retriable: true,
    cause: answer.error,
  });
}

async function appliedOf(client: ClickHouseClient): Promise<readonly Applied[]> {
  const query = 'SELECT version, checksum, migration_name FROM _migrations ORDER BY version';
  const result = await client.query({ query, format: 'JSONEachRow' });
  return await result.json<Applied>();
}

function checkUnchanged(migrations: readonly Migration[], applied: readonly Applied[]): void {
  for (const { version, checksum, migration_name: name } of applied) {
    const file = migrations.find((migration) => migration.version === version);
    if (file?.checksum === checksum) continue;
    throw rejected(
      file === undefined
        ? `Migration ${name} was applied but its file is gone: restore it.`
        : `Migration ${name} was changed after it was applied: restore the file and put the change into a new one.`,
    );
  }
}

/** The embedded engine keeps no users: it has no place where CREATE USER could store one. */
async function hasNoAccessStorage(client: ClickHouseClient): Promise<boolean> {
  const query =
    "SELECT count() AS n FROM system.user_directories WHERE type IN ('local_directory', 'local directory', 'replicated')";
  const result = await client.query({ query, format: 'JSONEachRow' });
  const [row] = await result.json<{ n: string }>();
  return Number(row?.n ?? 0) === 0;
}

async function apply(
  client: ClickHouseClient,
  migration: Migration,
  isEmbedded: boolean,
): Promise<void> {
  const { version, checksum, name, statements, isServerOnly } = migration;
  for (const [index, query] of (isServerOnly && isEmbedded ? [] : statements).entries()) {
    await client.command({ query }).catch((cause: unknown) => {
      throw rejected(
        `Migration ${name}, statement ${index + 1} of ${statements.length} failed: ${String(cause)}. Statements before it stay applied: undo them or make them repeatable, then run again.`,
        cause,
      );
    });
  }
  const row = { version, checksum, migration_name: name };
  await client.insert({ table: '_migrations', values: [row], format: 'JSONEachRow' });
}

function rejected(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'CLICKHOUSE_REJECTED', message, cause });
}

function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '\\`')}\``;
}
