import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '@trending/runtime';
import { splitStatements } from './sql-text.ts';

/** One file of `migrations/`, in the layout of the clickhouse-migrations tool: `N_name.sql`, statements ended by semicolons. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** Marked `-- server-only`: users and grants, for which the embedded engine has no storage. */
  readonly isServerOnly: boolean;
  readonly statements: readonly string[];
}

export const migrationsFolder = new URL('../migrations/', import.meta.url);

/** All migrations, by version. @throws AppError CONFIG_INVALID on a misnamed file or a version used twice. */
export function readMigrations(folder: URL = migrationsFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const migrations = names
    .map((name) => migrationOf(name, readFileSync(new URL(name, folder), 'utf8')))
    .toSorted((a, b) => a.version - b.version);
  for (const [index, migration] of migrations.entries()) {
    if (migrations[index + 1]?.version === migration.version) {
      throw invalid(`${migration.name}: version ${migration.version} is used twice; renumber one.`);
    }
  }
  return migrations;
}

/** A migration from its file's name and text. */
export function migrationOf(name: string, text: string): Migration {
  const version = Number(/^([1-9]\d*)_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
  if (Number.isNaN(version)) {
    throw invalid(`${name}: a migration is named N_lower_case.sql, N from 1 up.`);
  }
  return {
    version,
    name,
    checksum: createHash('md5').update(text).digest('hex'),
    isServerOnly: /^-- server-only$/m.test(text),
    statements: splitStatements(text),
  };
}

function invalid(message: string): AppError {
  return new AppError({ code: 'CONFIG_INVALID', message: `Migration ${message}` });
}
