import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import '../../../test/support/stack-required.ts';
import { ClickHouseHistory } from '../src/adapters/clickhouse-history.ts';

const hour = 3_600_000;
const t0 = Math.floor(Date.now() / (24 * hour)) * 24 * hour - 24 * hour;
const logger = createLogger({ service: 'test', level: 'silent' });
const database = `gw_${crypto.randomUUID().replaceAll('-', '')}`;
const question = { token: 'eth:0xaa', formula: 'trending', window: '1h' };

const view = (viewer: number, at: number, token = 'eth:0xaa') => ({
  event_id: crypto.randomUUID(),
  token,
  chain: 'eth',
  viewer: String(viewer),
  viewed_at: at,
  received_at: at,
});
const place = (asOf: number, seq: number, [token, rank]: readonly [string, number]) => ({
  formula: 'trending',
  window: '1h',
  scope: 'all',
  epoch: 3,
  seq,
  as_of: asOf,
  rank,
  token,
  score_micro: 9_000_000 - rank,
  raw_views: 10 - rank,
});

describe('history from ClickHouse', () => {
  const url = inject('stack').clickhouseUrl;
  const connection = { url, username: 'default', password: '', database, logger };
  let client: ClickHouseClient;
  let history: ClickHouseHistory;

  beforeAll(async () => {
    if (inject('stackMissing') !== '') return;
    await migrate(connection);
    client = createClient({ url, database });
    history = new ClickHouseHistory(connection);
    await client.insert({
      table: 'token_views',
      format: 'JSONEachRow',
      values: [
        view(1, t0 + 1_000),
        view(1, t0 + 61_000),
        view(2, t0 + 61_000),
        view(3, t0 + hour),
        view(3, t0 + hour, 'eth:0xbb'),
      ],
    });
    await client.insert({
      table: 'board_history',
      format: 'JSONEachRow',
      values: [
        place(t0 + 500, 1, ['eth:0xaa', 4]),
        place(t0 + 700, 2, ['eth:0xaa', 2]),
        place(t0 + 700, 2, ['eth:0xbb', 1]),
        place(t0 + 2 * hour, 3, ['eth:0xaa', 1]),
        place(t0 + 3 * hour, 4, ['', 0]),
      ],
    });
  });
  afterAll(async () => {
    await client?.command({ query: `DROP DATABASE IF EXISTS ${database}` });
    await client?.close();
    await history?.stop();
  });

  it('counts views and visitors per step and keeps the best rank of each', async () => {
    const range = { from: t0, to: t0 + 3 * hour, stepMs: hour };
    expect(await history.points({ ...question, ...range })).toEqual([
      { at: t0, views: 3, visitors: 2, bestRank: 2 },
      { at: t0 + hour, views: 1, visitors: 1, bestRank: null },
      { at: t0 + 2 * hour, views: 0, visitors: 0, bestRank: 1 },
    ]);
  });

  it('works by the minute and by the day', async () => {
    const minutes = { from: t0, to: t0 + 120_000, stepMs: 60_000 };
    expect(await history.points({ ...question, ...minutes })).toEqual([
      { at: t0, views: 1, visitors: 1, bestRank: 2 },
      { at: t0 + 60_000, views: 2, visitors: 2, bestRank: null },
    ]);
    const days = { from: t0, to: t0 + 24 * hour, stepMs: 24 * hour };
    expect(await history.points({ ...question, ...days })).toEqual([
      { at: t0, views: 4, visitors: 3, bestRank: 1 },
    ]);
  });

  it('shows the newest board not after a time, an empty one too', async () => {
    const board = { formula: 'trending', window: '1h', scope: 'all' };
    expect(await history.boardAt({ board, at: t0 + hour })).toEqual({
      asOf: t0 + 700,
      items: [
        { rank: 1, token: 'eth:0xbb', scoreMicro: 8_999_999, rawViews: 9 },
        { rank: 2, token: 'eth:0xaa', scoreMicro: 8_999_998, rawViews: 8 },
      ],
    });
    expect(await history.boardAt({ board, at: t0 + 4 * hour })).toMatchObject({ items: [] });
    expect(await history.boardAt({ board, at: t0 })).toBeUndefined();
  });

  it('is unavailable, and may be asked again, when ClickHouse is away', async () => {
    const away = new ClickHouseHistory({ ...connection, url: 'http://127.0.0.1:9' });
    const asked = away.points({ ...question, from: t0, to: t0 + hour, stepMs: hour });
    await expect(asked).rejects.toMatchObject({ code: 'CLICKHOUSE_UNAVAILABLE', retriable: true });
    await away.stop();
  });
});
