import { AppError } from '@trending/runtime';
import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noHistory } from '../../src/domain/site-history.ts';
import { candidateOf } from '../support/rank-fixtures.ts';
import { FakeRollup, peaking, told } from '../support/rhythm-world.ts';
import { boardOf, type SinkInstance, SinkWorld, viewOf } from '../support/sink-world.ts';

const views = (partition: number) => ({ topic: topics.views.name, partition });
const rankings = { topic: topics.rankings.name, partition: 0 };

describe('the sink role', () => {
  let world: SinkWorld;
  beforeEach(() => {
    world = new SinkWorld();
  });
  afterEach(() => world.stop());

  const rowCount = (table = 'token_views') => world.clickhouse.table(table).length;

  test('every view becomes one row with its place in the log', async () => {
    await world.append(views(0), [viewOf(), viewOf({ token: 'eth:0xbb' })]);
    await world.append(views(1), [viewOf()]);
    await world.start();
    await world.until('three rows', () => rowCount() === 3);
    const places = world.clickhouse
      .table('token_views')
      .map((row) => `${row._topic}/${row._partition}/${row._offset}`);
    expect(places.sort()).toEqual([
      'token.views.v1/0/0',
      'token.views.v1/0/1',
      'token.views.v1/1/0',
    ]);
  });

  test('the mark of a transaction makes no row, and is committed like one', async () => {
    await world.append(views(0), [viewOf()]);
    world.log.endTransaction(views(0));
    await world.append(views(0), [viewOf()]);
    world.log.endTransaction(views(0));
    const { metrics } = await world.start();
    await world.until('both rows', () => rowCount() === 2);
    await world.log.settled();
    expect(world.clickhouse.table('token_views').map(({ _offset }) => _offset)).toEqual([0, 2]);
    expect(await metrics.metrics()).toContain(
      'trending_sink_skipped_total{table="token_views",reason="marker"} 2',
    );
    await world.stop();
    expect(await world.committed(views(0))).toEqual({ offset: 4, metadata: '' });
  });

  test('a minute of features becomes a row for the site and one for each token, once', async () => {
    const set = {
      ...{ window: '1h', epoch: 4, asOf: 60_000, controlOffset: 0, cut: [], formulas: [] },
      ...{ held: [], candidates: 2, totals: { tokens: 2, views: 40, effective: 3 } },
      site: noHistory,
      items: [candidateOf('eth:a'), candidateOf('eth:b')],
    };
    const target = { topic: topics.features.name, partition: 0 };
    await world.log.append(target, [{ key: '1h', value: world.features.encode(set) }]);
    const { kill } = await world.start();
    await world.until('three rows', () => rowCount('feature_history') === 3);
    kill('dead');
    await world.start();
    await world.until('the range done', () => true);
    expect(world.clickhouse.table('feature_history').map(({ token }) => token)).toEqual([
      '',
      'eth:a',
      'eth:b',
    ]);
  });

  test('backfilled views come into the same table under their own topic', async () => {
    await world.append({ topic: topics.backfill.name, partition: 1 }, [viewOf()]);
    await world.start();
    await world.until('a row', () => rowCount() === 1);
    expect(world.clickhouse.table('token_views')[0]?._topic).toBe('token.views.backfill.v1');
  });

  test('a range is one insert whose token names it, and is committed after it', async () => {
    await world.append(
      views(0),
      Array.from({ length: 5 }, () => viewOf()),
    );
    await world.start({ rangeRecordsMax: 3 });
    await world.until('five rows', () => rowCount() === 5);
    expect(world.clickhouse.blocks.map(({ token }) => token)).toEqual([
      'token.views.v1:0:0-3',
      'token.views.v1:0:3-5',
    ]);
    await world.until('the last commit', () => true);
    await world.stop();
    expect(await world.committed(views(0))).toEqual({ offset: 5, metadata: '' });
  });

  test('tells how far ClickHouse is behind the log, also while nothing is inserted or read', async () => {
    const lag = async ({ metrics }: SinkInstance) =>
      (await metrics.metrics())
        .split('\n')
        .filter((line) => line.startsWith('trending_sink_lag_records{topic="token.views.v1"'))
        .map((line) => line.replace(/.*partition="(\d)"\} /, '$1: '));
    world.clickhouse.fate = () => 'away';
    const sink = await world.start({ rangeRecordsMax: 1 });
    expect(await lag(sink)).toEqual(['0: 0', '1: 0']);
    await world.append(
      views(0),
      Array.from({ length: 50 }, () => viewOf()),
    );
    expect(await lag(sink)).toEqual(['0: 50', '1: 0']);
    world.clickhouse.fate = () => 'lands';
    await world.until('all rows', () => rowCount() === 50);
    await world.until('the last range done', () => true);
    expect(await lag(sink)).toEqual(['0: 0', '1: 0']);
    await world.stop();
    expect(await lag(sink)).toEqual([]);
  });

  test('before an insert its range is written down', async () => {
    const asked = createLatch();
    const answer = createLatch();
    world.clickhouse.fate = async () => {
      asked.open();
      await answer.opened;
      return 'lands' as const;
    };
    await world.append(views(0), [viewOf(), viewOf()]);
    const sink = await world.start({ handOverMs: 0 });
    await asked.opened;
    sink.kill('dead');
    expect(await world.committed(views(0))).toEqual({ offset: 0, metadata: '{"v":1,"pend":2}' });
    answer.open();
  });

  test('a range left open is formed again exactly, though more records have come', async () => {
    world.clickhouse.fate = () => 'lands, answer lost';
    await world.append(views(0), [viewOf(), viewOf()]);
    const first = await world.start();
    await world.until('the insert landed', () => rowCount() === 2);
    first.kill('dead');
    await world.append(views(0), [viewOf(), viewOf(), viewOf()]);
    world.clickhouse.fate = () => 'lands';
    await world.start();
    await world.until('all rows', () => rowCount() === 5);
    expect(world.clickhouse.blocks.map(({ token }) => token)).toEqual([
      'token.views.v1:0:0-2',
      'token.views.v1:0:2-5',
    ]);
  });

  test('while ClickHouse is away the same block is repeated and readiness says so', async () => {
    const tokens: string[] = [];
    world.clickhouse.fate = ({ token }) => {
      tokens.push(token);
      return 'away';
    };
    await world.view(0);
    const { role, metrics } = await world.start();
    await world.until('some attempts', () => tokens.length > 5);
    expect(new Set(tokens).size).toBe(1);
    expect(await role.ready[0]?.check()).toMatch(/insert failed \d+ times: connect ECONNREFUSED/);
    expect(await metrics.metrics()).toMatch(
      /trending_sink_retries_total\{table="token_views",step="insert"\} [1-9]/,
    );
    world.clickhouse.fate = () => 'lands';
    await world.until('the row', () => rowCount() === 1);
    await world.until('readiness', () => role.ready[0]?.check() === undefined);
  });

  test('a sink whose partitions were taken is not ready until it has them again', async () => {
    world.commitTurns = () => 50;
    const { role } = await world.start();
    const problem = () => role.ready[0]?.check();
    await world.until('readiness', () => problem() === undefined);
    await world.view(0);
    await world.until('the row', () => rowCount() === 1);
    const dealt = world.log.rebalance('clickhouse-sink');
    await world.until('unreadiness', () => problem() === 'waits for its partitions');
    await dealt;
    await world.until('readiness', () => problem() === undefined);
  });

  test('an outage holds a bounded number of records; reading goes on behind it', async () => {
    world.clickhouse.fate = () => 'away';
    const total = 1_000;
    for (let at = 0; at < total; at += 100) {
      await world.append(
        views(0),
        Array.from({ length: 100 }, () => viewOf()),
      );
    }
    await world.start({ rangeRecordsMax: 100 });
    await world.log.settled();
    world.clickhouse.fate = () => 'lands';
    await world.until('all rows', () => rowCount() === total);
    expect(new Set(world.clickhouse.table('token_views').map((row) => row._offset)).size).toBe(
      total,
    );
  });

  test('the registry being away delays rows and loses none', async () => {
    let refusals = 0;
    world.registry = () => {
      refusals += 1;
      if (refusals < 4) {
        throw new AppError({ code: 'REGISTRY_UNAVAILABLE', message: '503', retriable: true });
      }
    };
    await world.append(views(0), [viewOf(), viewOf()]);
    await world.start();
    await world.until('the rows', () => rowCount() === 2);
  });

  test('bytes that are no view are counted and skipped, their neighbours are kept', async () => {
    await world.view(0);
    await world.log.append(views(0), [{ key: 'x', value: new Uint8Array([9, 9, 9]) }]);
    await world.view(0);
    const { metrics } = await world.start();
    await world.until('the rows', () => rowCount() === 2);
    expect(world.clickhouse.table('token_views').map((row) => row._offset)).toEqual([0, 2]);
    expect(await metrics.metrics()).toContain(
      'trending_sink_skipped_total{table="token_views",reason="bad_magic"} 1',
    );
  });

  test('an unknown error ends the process instead of being repeated', async () => {
    world.clickhouse.fate = () => {
      throw new TypeError('a bug');
    };
    await world.view(0);
    const { crashes } = await world.start();
    await world.until('the crash', () => crashes.length > 0);
    expect(String(crashes[0])).toContain('a bug');
  });

  test('boards become rows per rank, thinned to the last version per ten seconds of as-of time', async () => {
    const asOfs = [0, 100, 9_999, 10_000, 10_100, 25_000];
    const records = asOfs.map((asOf, index) => ({
      key: 'classic|1h|all',
      value: world.boards.encode(boardOf({ asOf, seq: index + 1 })),
    }));
    await world.log.append(rankings, [
      { key: 'fence', value: world.boards.encode(boardOf({ items: [] })) },
      ...records,
    ]);
    await world.start();
    await world.until('the boards', () => rowCount('board_history') === 6);
    expect(
      world.clickhouse.table('board_history').map((row) => [row['as_of'], row['rank']]),
    ).toEqual([
      [9_999, 1],
      [9_999, 2],
      [10_100, 1],
      [10_100, 2],
      [25_000, 1],
      [25_000, 2],
    ]);
  });

  test('metadata and its deletion become rows', async () => {
    const target = { topic: topics.metadata.name, partition: 0 };
    const metadata = {
      chain: 'eth',
      address: '0xaa',
      name: 'A',
      symbol: 'A',
      categories: ['meme'],
      createdAt: null,
      logoUri: null,
      updatedAt: 5,
    };
    await world.log.append(target, [
      { key: 'eth:0xaa', value: world.metadata.encode(metadata) },
      { key: 'eth:0xaa', value: null },
    ]);
    await world.start();
    await world.until('both', () => rowCount('token_metadata') === 2);
    expect(world.clickhouse.table('token_metadata').map((row) => row['is_deleted'])).toEqual([
      0, 1,
    ]);
  });

  test('a token’s week makes no row, told or taken back', async () => {
    const target = { topic: topics.metadata.name, partition: 0 };
    const nothing = { name: '', symbol: '', categories: [], createdAt: null, logoUri: null };
    const week = { computedAt: 5, weeks: 4, indexMicro: new Array<number>(168).fill(2_000_000) };
    const value = { chain: 'eth', address: '0xaa', ...nothing, updatedAt: 5, week };
    await world.log.append(target, [
      { key: 'week|eth:0xaa', value: world.metadata.encode(value) },
      { key: 'week|eth:0xaa', value: null },
      { key: 'eth:0xbb', value: null },
    ]);
    const { metrics } = await world.start();
    await world.until('the row', () => rowCount('token_metadata') > 0);
    expect(world.clickhouse.table('token_metadata').map((row) => row['token'])).toEqual([
      'eth:0xbb',
    ]);
    expect(await metrics.metrics()).toContain(
      'trending_sink_skipped_total{table="token_metadata",reason="week"} 2',
    );
  });

  test('the member with the first partition of views tells tokens’ weeks, and its inserts do not wait for it', async () => {
    const rollup = new FakeRollup();
    rollup.tokens = { 'eth:0xa': peaking(20, 10) };
    const [asked, answer] = [createLatch(), createLatch()];
    rollup.asked = async () => {
      asked.open();
      await answer.opened;
    };
    world.rhythms = rollup;
    const { role, crashes } = await world.start();
    await asked.opened;
    await world.append(views(0), [viewOf(), viewOf()]);
    await world.until('two rows', () => rowCount() === 2);
    expect(role.ready.map(({ check }) => check())).toEqual([undefined, undefined]);
    expect(told(world.log)).toEqual([]);
    answer.open();
    await world.until('the week', () => told(world.log).length === 1);
    expect(told(world.log)).toEqual([['week|eth:0xa', expect.any(Number)]]);
    await role.stop();
    expect(rollup.isClosed).toBe(true);
    expect(crashes).toEqual([]);
  });

  test('weeks that the broker refuses end nothing: views go in, and the refusal is counted', async () => {
    const rollup = new FakeRollup();
    rollup.tokens = { 'eth:0xa': peaking(20, 10) };
    world.rhythms = rollup;
    const error = new AppError({ code: 'APPEND_FAILED', message: 'TOPIC_AUTHORIZATION_FAILED' });
    world.log.onAppend(({ topic }) =>
      topic === topics.metadata.name ? { error, landed: false } : undefined,
    );
    const { role, crashes, metrics } = await world.start();
    const failures = 'trending_week_rhythm_failures_total 1';
    await expect.poll(() => metrics.metrics()).toContain(failures);
    await world.append(views(0), [viewOf()]);
    await world.until('a row', () => rowCount() === 1);
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('records that retention took away are counted as a gap, and what is left goes in', async () => {
    await world.append(views(0), [viewOf(), viewOf()]);
    const first = await world.start();
    await world.until('two rows', () => rowCount() === 2);
    await first.role.stop();
    await world.append(views(0), [viewOf(), viewOf(), viewOf()]);
    world.log.truncateBefore(views(0), 4);
    const second = await world.start();
    await world.until('the last row', () => rowCount() === 3);
    expect(await second.metrics.metrics()).toContain(
      'trending_sink_gap_records_total{table="token_views"} 2',
    );
  });
});
