import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import '../../test/support/stack-required.ts';
import { migrate } from '../src/migrate.ts';
import { migrationOf } from '../src/migration-files.ts';

const { clickhouseUrl: url } = inject('stack');
const database = `migrate_${randomUUID().slice(0, 8)}`;
const settings = {
  url,
  username: 'default',
  password: '',
  database,
  logger: createLogger({ service: 'test', level: 'silent' }),
};
const first = migrationOf(
  '1_first.sql',
  'CREATE TABLE one (a Int8) ENGINE = Memory; CREATE TABLE two (a Int8) ENGINE = Memory',
);

describe('migrating', () => {
  let client: ClickHouseClient;
  beforeAll(() => {
    client = createClient({ url });
  });
  afterAll(async () => {
    await client.command({ query: `DROP DATABASE IF EXISTS ${database}` });
    await client.close();
  });

  test('applies what is new, once', async () => {
    expect(await migrate({ ...settings, migrations: [first] })).toEqual(['1_first.sql']);
    const second = migrationOf('2_second.sql', 'DROP TABLE two');
    expect(await migrate({ ...settings, migrations: [first, second] })).toEqual(['2_second.sql']);
    expect(await migrate({ ...settings, migrations: [first, second] })).toEqual([]);
  });

  test('refuses files that were changed or removed after they were applied', async () => {
    const changed = migrationOf('1_first.sql', 'CREATE TABLE other (a Int8) ENGINE = Memory');
    const second = migrationOf('2_second.sql', 'DROP TABLE two');
    await expect(migrate({ ...settings, migrations: [changed, second] })).rejects.toThrow(
      /1_first\.sql was changed after it was applied/,
    );
    await expect(migrate({ ...settings, migrations: [first] })).rejects.toThrow(
      /2_second\.sql was applied but its file is gone/,
    );
  });

  test('names the file and the statement that failed, and does not mark it applied', async () => {
    const second = migrationOf('2_second.sql', 'DROP TABLE two');
    const bad = migrationOf('3_bad.sql', 'SELECT 1; SELECT nope()');
    const run = () => migrate({ ...settings, migrations: [first, second, bad] });
    await expect(run()).rejects.toThrow(/3_bad\.sql, statement 2 of 2 failed/);
    await expect(run()).rejects.toThrow(/3_bad\.sql, statement 2 of 2 failed/);
  });

  test('says when ClickHouse does not answer', async () => {
    const nobody = { ...settings, url: 'http://127.0.0.1:9' };
    await expect(migrate(nobody)).rejects.toMatchObject({ code: 'CLICKHOUSE_UNAVAILABLE' });
  });
});
