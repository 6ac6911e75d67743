import { describe, expect, test } from 'vitest';
import { migrationOf, readMigrations } from '../src/migration-files.ts';
import { splitStatements } from '../src/sql-text.ts';

describe('splitting a file into statements', () => {
  test.each([
    ['a; b;', ['a', 'b']],
    ["select ';' -- ; no\n;/* ; */ b", ["select ';'", 'b']],
    ["insert 'it''s;' ; c", ["insert 'it''s;'", 'c']],
    ['-- only a note\n', []],
    ['a - b / c', ['a - b / c']],
  ])('%j', (text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });
});

describe('migrations', () => {
  test('are numbered from 1 without a hole', () => {
    const versions = readMigrations().map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  });

  test('only users and grants are kept from the embedded engine', () => {
    const kept = readMigrations().filter(({ isServerOnly }) => isServerOnly);
    expect(kept.flatMap(({ statements }) => statements).map((text) => text.split(' ')[0])).toEqual([
      'CREATE',
      'GRANT',
    ]);
  });

  test.each(['init.sql', '0_x.sql', '1-x.sql', '1_X.sql'])('%s is no name for one', (name) => {
    expect(() => migrationOf(name, 'select 1')).toThrow(/N_lower_case\.sql/);
  });
});
