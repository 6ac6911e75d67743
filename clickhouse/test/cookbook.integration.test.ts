import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import '../../test/support/stack-required.ts';
import { readCookbook } from '../src/cookbook.ts';
import { migrate } from '../src/migrate.ts';

const { clickhouseUrl: url } = inject('stack');
const database = `cookbook_${randomUUID().slice(0, 8)}`;
const recipes = readCookbook();

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
// Noon of the day before yesterday: retention looks at the real clock.
const t0 = Math.floor(Date.now() / day) * day - 2 * day + 12 * hour;
const clock = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const period = { from: clock(t0 - 24 * hour), to: clock(t0 + 24 * hour) };

let offset = 0;
interface ViewSeed {
  readonly token?: string;
  readonly viewer?: number;
  readonly at?: number;
  readonly [column: string]: unknown;
}
function viewRow({ token = 'eth:0xaa', viewer = 1, at = t0, ...over }: ViewSeed) {
  offset += 1;
  return {
    _topic: 'token.views.v1',
    _partition: 0,
    _offset: offset,
    event_id: randomUUID(),
    token,
    chain: token.split(':')[0],
    viewer: String(viewer),
    network: String(viewer % 3),
    viewed_at: at,
    received_at: at + 20,
    source: 'web',
    country: 'DE',
    device: 'mobile',
    ingested_at: at + 520,
    ...over,
  };
}

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

const eventId = randomUUID();
const views = [
  ...times(6, (i) => viewRow({ viewer: i, at: t0 - 30 * minute + i })),
  ...times(3, (i) =>
    viewRow({
      token: 'sol:Bb',
      viewer: i,
      at: t0 - 10 * minute + i,
      source: 'api',
      country: '',
      device: '',
    }),
  ),
  viewRow({ viewer: 1, at: t0 - 3 * hour }),
  viewRow({ token: 'ton:cc', viewer: 9, at: t0 + hour, received_at: t0 + hour + 600_000 }),
  ...times(30, (i) =>
    viewRow({ token: 'bsc:bot', viewer: 77, at: t0 - 5 * minute + i, flags: i < 5 ? 1 : 0 }),
  ),
  viewRow({ token: 'ton:cc', viewer: 9, at: t0 + hour + 1, event_id: eventId }),
  viewRow({
    token: 'ton:cc',
    viewer: 9,
    at: t0 + hour + 1,
    received_at: t0 + hour + 5_021,
    event_id: eventId,
  }),
];

function boardRows(asOf: number, tokens: readonly string[]) {
  const head = {
    formula: 'classic',
    formula_version: 1,
    window: '1h',
    scope: 'all',
    epoch: 1,
    as_of: asOf,
  };
  return tokens.map((token, index) => ({
    ...head,
    token,
    rank: index + 1,
    score_micro: (9 - index) * 1_000_000,
  }));
}
/** Two owners wrote the first minute; the second one has the site's own row too. */
const features = [t0, t0 + 20_000, t0 + minute].flatMap((as_of, index) => {
  const at = Math.floor(as_of / minute) * 60;
  const head = { window: '1h', minute: at, as_of, epoch: index };
  return [
    { ...head, token: '', views: 99 },
    { ...head, token: 'eth:0xaa', views: 10 + index, visitors: 5, effective: 4_500_000 },
  ];
});
const board = { formula: 'classic', window: '1h', scope: 'all' };

let client: ClickHouseClient;
beforeAll(async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  await migrate({ url, username: 'default', password: '', database, logger });
  client = createClient({ url, database });
  const insert = (table: string, values: readonly object[]) =>
    client.insert({ table, values, format: 'JSONEachRow' });
  await insert('token_views', views);
  await insert('board_history', [
    ...boardRows(t0, ['eth:0xaa', 'sol:Bb', 'ton:cc']),
    ...boardRows(t0 + hour, ['ton:cc', 'eth:0xaa', 'bsc:new']),
    { ...boardRows(t0 + 2 * hour, ['x'])[0], rank: 0, token: '' },
  ]);
  await insert('feature_history', features);
  await insert('token_metadata', [
    { token: 'eth:0xaa', chain: 'eth', name: 'Old', symbol: 'OLD', _offset: 1, is_deleted: 0 },
    { token: 'eth:0xaa', chain: 'eth', name: 'Aa', symbol: 'AA', _offset: 2, is_deleted: 0 },
    { token: 'sol:Bb', chain: 'sol', name: 'Bb', symbol: 'BB', _offset: 3, is_deleted: 0 },
    { token: 'sol:Bb', chain: 'sol', _offset: 4, is_deleted: 1 },
  ]);
});
afterAll(async () => {
  await client.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await client.close();
});

/** Rows as arrays of text, so that 64-bit numbers compare alike whatever the server's JSON settings. */
async function cook(name: string, parameters: Record<string, unknown> = {}): Promise<string[][]> {
  const recipe = recipes.find((one) => one.name === name);
  if (recipe === undefined) throw new Error(`no recipe ${name}`);
  cooked.add(name);
  const result = await client.query({
    query: recipe.query,
    query_params: parameters,
    format: 'JSONCompactEachRow',
  });
  const rows = await result.json<unknown[]>();
  return rows.map((row) => row.map(String));
}
const cooked = new Set<string>();

describe('the cookbook', () => {
  test('top tokens of the last hour, robots left out', async () => {
    expect(await cook('top_tokens_last_hour', { at: clock(t0), limit: 2 })).toEqual([
      ['bsc:bot', '25'],
      ['eth:0xaa', '6'],
    ]);
  });

  test('hourly history of a token, empty hours shown', async () => {
    const rows = await cook('hourly_history_of_token', {
      token: 'eth:0xaa',
      from: clock(t0 - 3 * hour),
      to: clock(t0),
    });
    expect(rows).toEqual([
      [clock(t0 - 3 * hour), '1', '1'],
      [clock(t0 - 2 * hour), '0', '0'],
      [clock(t0 - hour), '6', '6'],
    ]);
  });

  test('unique visitors per day count a person once over all tokens', async () => {
    expect(await cook('unique_visitors_per_day', period)).toEqual([
      [`${clock(t0).slice(0, 10)} 00:00:00`, '8'],
    ]);
  });

  test('rank over time', async () => {
    const rows = await cook('rank_over_time', { ...board, token: 'ton:cc', ...period });
    expect(rows.map(([, rank, score]) => [rank, score])).toEqual([
      ['3', '7'],
      ['1', '9'],
    ]);
  });

  test('the board as it was, and an empty board as no rows', async () => {
    const at = async (time: number) =>
      (await cook('board_at_time', { ...board, at: clock(time) })).map(([, token]) => token);
    expect(await at(t0 + 30 * minute)).toEqual(['eth:0xaa', 'sol:Bb', 'ton:cc']);
    expect(await at(t0 + hour)).toEqual(['ton:cc', 'eth:0xaa', 'bsc:new']);
    expect(await at(t0 + 3 * hour)).toEqual([]);
  });

  test('the biggest climbers, newcomers among them', async () => {
    const rows = await cook('biggest_climbers', {
      ...board,
      from: clock(t0),
      to: clock(t0 + hour),
      limit: 5,
    });
    expect(rows).toEqual([
      ['ton:cc', '3', '1', '2'],
      ['bsc:new', '4', '3', '1'],
    ]);
  });

  test('features of a token, one row a minute', async () => {
    const rows = await cook('features_of_token', { window: '1h', token: 'eth:0xaa', ...period });
    expect(rows).toEqual([
      [clock(t0), '10', '0', '5', '0', '4.5', '0'],
      [clock(t0 + minute), '12', '0', '5', '0', '4.5', '0'],
    ]);
  });

  test('views by country, device and source', async () => {
    const rows = await cook('views_by_audience', { ...period, limit: 3 });
    expect(rows).toEqual([
      ['DE', 'mobile', 'web', '35', '8'],
      ['', '', 'api', '3', '3'],
    ]);
  });

  test('bot suspects', async () => {
    const rows = await cook('bot_suspects', {
      ...period,
      min_views: 10,
      min_views_per_visitor: 10,
      limit: 5,
    });
    expect(rows).toEqual([['bsc:bot', '30', '1', '1', '30', '5']]);
  });

  test('tokens seen for the first time', async () => {
    const rows = await cook('new_tokens', { from: clock(t0), to: clock(t0 + 2 * hour), limit: 5 });
    expect(rows).toEqual([['ton:cc', clock(t0 + hour), '3']]);
  });

  test('reconciliation finds nothing doubled and the roll-ups equal', async () => {
    expect(
      await cook('reconciliation', { from: clock(t0 - 12 * hour), to: clock(t0 + 12 * hour) }),
    ).toEqual([[String(views.length), '0', '0', '0']]);
  });

  test('missing offsets', async () => {
    expect(await cook('missing_offsets')).toEqual([]);
  });

  test('share of late views by source', async () => {
    const rows = await cook('late_share', { ...period, late_seconds: 60 });
    expect(rows).toEqual([
      ['web', '40', '1', '0.025'],
      ['api', '3', '0', '0'],
    ]);
  });

  test('latency from receiving to querying', async () => {
    const rows = await cook('ingestion_latency', {
      from: clock(t0 - 31 * minute),
      to: clock(t0 - 20 * minute),
    });
    expect(rows.map(([, count, quantiles]) => [count, quantiles])).toEqual([['6', '500,500,500']]);
  });

  test('share by chain', async () => {
    const rows = await cook('share_by_chain', period);
    expect(rows.map(([chain, count]) => [chain, count])).toEqual([
      ['bsc', '25'],
      ['eth', '7'],
      ['sol', '3'],
      ['ton', '3'],
    ]);
    expect(rows.reduce((sum, [, , share]) => sum + Number(share), 0)).toBeCloseTo(1, 3);
  });

  test('events that came in twice', async () => {
    const rows = await cook('repeated_events', { ...period, limit: 5 });
    expect(rows).toEqual([['ton:cc', eventId, '2', '5']]);
  });

  test('names: the newest metadata, and the address where it was deleted', async () => {
    const rows = await cook('top_tokens_with_names', { ...period, limit: 3 });
    expect(rows).toEqual([
      ['bsc:bot', 'bot', '25'],
      ['eth:0xaa', 'AA', '7'],
      ['sol:Bb', 'Bb', '3'],
    ]);
  });

  test('every recipe was cooked, says what it answers and is in the guide', () => {
    const guide = readFileSync(new URL('../../docs/sql-cookbook.md', import.meta.url), 'utf8');
    expect(recipes.map(({ name }) => name)).toEqual([...cooked].toSorted());
    for (const { name, title, parameters } of recipes) {
      expect(title, name).toMatch(/^[A-Z].*[?.]/);
      expect(guide).toContain(`cookbook/${name}.sql`);
      for (const parameter of Object.keys(parameters)) expect(guide).toContain(`\`${parameter}\``);
    }
  });
});
