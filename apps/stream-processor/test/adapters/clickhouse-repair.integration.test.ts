import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import '../../../../test/support/stack-required.ts';
import { createClickHouseSink } from '../../src/adapters/clickhouse-sink.ts';
import { viewRow } from '../../src/domain/sink-rows.ts';
import type { RangeBlock, RowSink } from '../../src/tasks/sink-ports.ts';
import { tablesOf } from '../../src/tasks/sink-repair.ts';
import { viewOf } from '../support/sink-world.ts';

const url = inject('stack').clickhouseUrl;
const database = `chr${randomUUID().slice(0, 8)}`;
const access = { url, username: 'default', password: '', database };
const rollups = ['token_views_by_minute', 'token_views_by_hour', 'token_views_by_day'] as const;
const startOfDay = Date.UTC(2026, 4, 20);

/** Views of three tokens over two days, so that a range has several cells in every roll-up. */
function rangeOf(start: number, end: number): RangeBlock {
  const lines = Array.from({ length: end - start }, (_, i) => {
    const offset = start + i;
    const viewer = new Uint8Array(8).fill(offset % 5);
    const viewedAt = startOfDay + (offset % 40) * 3_600_000;
    const view = viewOf({ token: `eth:0x${offset % 3}`, viewer, viewedAt });
    const origin = { topic: 'token.views.v1', partition: 1, offset, timestamp: viewedAt };
    return `${JSON.stringify(viewRow(view, origin))}\n`;
  });
  return {
    table: 'token_views',
    token: `token.views.v1-1-${start}-${end}`,
    rows: lines.length,
    body: [Buffer.from(lines.join(''))],
    origin: { topic: 'token.views.v1', partition: 1, start, end },
  };
}

describe('an insert whose token is known although its rows are not there', () => {
  let sink: RowSink;
  let client: ClickHouseClient;

  beforeAll(async () => {
    await migrate({ ...access, logger: createLogger({ service: 'test', level: 'silent' }) });
    sink = createClickHouseSink(access);
    client = createClient({ url, database });
    // A merge in between would put both ranges into one row, which could then only be lost together.
    const never =
      'max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1';
    for (const table of ['token_views', ...rollups])
      await client.command({ query: `ALTER TABLE ${table} MODIFY SETTING ${never}` });
  });
  afterAll(async () => {
    await sink.close();
    await client.command({ query: `DROP DATABASE ${database}` });
    await client.close();
  });

  /** Repairs every table and names those that lacked something. */
  const repair = async (block: RangeBlock) => {
    const repaired: string[] = [];
    for (const table of tablesOf(block)) {
      if ((await sink.repair(block, table)) > 0) repaired.push(table);
    }
    return repaired;
  };
  const lose = (table: string, where: string) =>
    client.command({
      query: `ALTER TABLE ${table} DELETE WHERE ${where} SETTINGS mutations_sync = 1`,
    });
  const numbers = async (query: string) => {
    const result = await client.query({ query, format: 'JSONEachRow' });
    const [row] = await result.json<Record<string, unknown>>();
    return Object.values(row ?? {}).map(Number);
  };
  /** Rows, distinct records, and the views and viewers of every roll-up. */
  const found = async () => [
    ...(await numbers(
      'SELECT count() AS n, uniqExact(_topic, _partition, _offset) FROM token_views',
    )),
    ...(
      await Promise.all(
        rollups.map((table) =>
          numbers(`SELECT sum(views) AS v, uniqMerge(viewers) AS u FROM ${table}`),
        ),
      )
    ).flat(),
  ];
  const whole = (views: number) => [views, views, views, 5, views, 5, views, 5];

  beforeEach(async () => {
    for (const table of ['token_views', ...rollups]) await lose(table, '1');
  });

  test.for([
    ['raw rows', { token_views: '_offset % 2 = 0' }],
    ['a roll-up', { token_views_by_hour: '1' }],
    [
      'some cells of two roll-ups',
      { token_views_by_minute: "token = 'eth:0x1'", token_views_by_day: "token = 'eth:0x2'" },
    ],
    [
      'everything',
      {
        token_views: '1',
        token_views_by_minute: '1',
        token_views_by_hour: '1',
        token_views_by_day: '1',
      },
    ],
  ] as const)('gets %s back, once', async ([, losses]) => {
    const start = await nextStart();
    const [before, lost] = [rangeOf(start, start + 60), rangeOf(start + 60, start + 180)];
    await sink.insert(before);
    await sink.insert(lost);
    expect(await found()).toEqual(whole(180));
    // Of the newer range only: the older one's cells of the same hours must not hide the loss.
    for (const [table, where] of Object.entries(losses)) {
      const range =
        table === 'token_views' ? `_offset >= ${start + 60}` : `covered > ${start + 60}`;
      await lose(table, `${range} AND (${where})`);
    }
    const gaps = await found();
    expect(gaps).not.toEqual(whole(180));
    await sink.insert(lost);
    expect(await found(), 'the token alone brings nothing back').toEqual(gaps);

    const repaired = await repair(lost);
    expect(await found()).toEqual(whole(180));
    expect(repaired.sort()).toEqual(Object.keys(losses).sort());

    expect(await repair(lost)).toEqual([]);
    expect(await repair(before)).toEqual([]);
    expect(await found()).toEqual(whole(180));
  });

  test('two processes that repair the same range put it back once', async () => {
    const start = await nextStart();
    const block = rangeOf(start, start + 120);
    await sink.insert(block);
    await lose('token_views', '_offset % 3 = 0');
    await lose('token_views_by_minute', '1');
    await Promise.allSettled([repair(block), repair(block)]);
    await repair(block);
    expect(await found()).toEqual(whole(120));
  });

  let used = 0;
  /** Ranges no test had before: tokens are remembered for good. */
  async function nextStart(): Promise<number> {
    used += 1_000;
    return used;
  }
});
