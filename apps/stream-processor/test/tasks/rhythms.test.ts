import { AppError } from '@trending/runtime';
import { topics } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { readCategories } from '../../src/replay/replay-source.ts';
import type { CategoryTable } from '../../src/state/category-table.ts';
import { refreshRhythms } from '../../src/tasks/rhythms.ts';
import { peaking, rhythmWorld, serde, told } from '../support/rhythm-world.ts';

const now = Date.UTC(2026, 1, 4, 9, 30);
const { signal } = new AbortController();

describe('tokens’ own weeks', () => {
  test('are told of those that have one, and read back by whoever recomputes boards', async () => {
    const { log, source, ports } = rhythmWorld();
    source.tokens = { 'eth:0xa': peaking(20, 10), 'eth:0xeven': peaking(20, 1) };
    expect(await refreshRhythms(ports, now, signal)).toEqual({ tokens: 1, told: 1, removed: 0 });
    expect(told(log).map(([key]) => key)).toEqual(['week|eth:0xa']);
    const table: CategoryTable = await readCategories(log, serde, topics.metadata.name);
    expect(table.offset).toBe(1);
    expect(table.weekOf('eth:0xa')?.[6 * 24 + 20]).toBeGreaterThan(5_000_000);
    expect(table.weekOf('eth:0xeven')).toBeUndefined();
    const [record] = log.records(topics.metadata.name);
    const decoded = serde.decode(record?.value as Uint8Array);
    expect(decoded).toMatchObject({
      value: { chain: 'eth', address: '0xa', updatedAt: Date.UTC(2026, 1, 4, 9) },
    });
  });

  test('are told again only when they changed, and taken back when they are gone', async () => {
    const { log, source, ports } = rhythmWorld();
    source.tokens = { 'eth:0xa': peaking(20, 10), 'sol:B': peaking(30, 6) };
    await refreshRhythms(ports, now, signal);
    expect(await refreshRhythms(ports, now + 6 * 3_600_000, signal)).toEqual({
      ...{ tokens: 2, told: 0, removed: 0 },
    });
    source.tokens = { 'eth:0xa': peaking(20, 4), 'sol:B': peaking(30, 1) };
    expect(await refreshRhythms(ports, now, signal)).toEqual({ tokens: 1, told: 1, removed: 1 });
    expect(told(log).slice(2)).toEqual([
      ['week|eth:0xa', expect.any(Number)],
      ['week|sol:B', null],
    ]);
    log.compact(topics.metadata.name);
    expect(await refreshRhythms(ports, now, signal)).toEqual({ tokens: 1, told: 0, removed: 0 });
  });

  test('leave alone what else the topic says of tokens', async () => {
    const { log, source, ports } = rhythmWorld();
    const target = { topic: topics.metadata.name, partition: 0 };
    const named = { chain: 'eth', address: '0xa', name: 'A', symbol: 'A', categories: ['meme'] };
    const value = serde.encode({ ...named, createdAt: 7, logoUri: null, updatedAt: 9 });
    await log.append(target, [{ key: 'eth:0xa', value }]);
    source.tokens = { 'eth:0xa': peaking(20, 10) };
    await refreshRhythms(ports, now, signal);
    source.tokens = {};
    await refreshRhythms(ports, now, signal);
    expect(told(log).map(([key]) => key)).toEqual(['eth:0xa', 'week|eth:0xa', 'week|eth:0xa']);
    const table = await readCategories(log, serde, topics.metadata.name);
    expect([table.categoriesOf('eth:0xa'), table.createdAtOf('eth:0xa')]).toEqual([['meme'], 7]);
  });

  test('stay as they were said while ClickHouse holds less than two weeks', async () => {
    const { log, source, ports } = rhythmWorld();
    source.tokens = { 'eth:0xa': peaking(20, 10) };
    await refreshRhythms(ports, now, signal);
    source.tokens = {};
    source.siteHours = 13 * 24;
    expect(await refreshRhythms(ports, now, signal)).toEqual({ tokens: 1, told: 0, removed: 0 });
    expect(told(log)).toHaveLength(1);
  });

  test('are asked for few tokens at a time, and not any more once stopped', async () => {
    const { log, source, ports } = rhythmWorld();
    const names = Array.from({ length: 130 }, (_, i) => `eth:0x${i}`);
    source.tokens = Object.fromEntries(names.map((name) => [name, peaking(20, 10)]));
    const asked: string[] = [];
    source.asked = (what) => void asked.push(what);
    await refreshRhythms(ports, now, signal);
    expect(asked).toEqual(['site', 'tokens', 'views of 64', 'views of 64', 'views of 2']);
    expect(told(log)).toHaveLength(130);
    const stopping = new AbortController();
    source.asked = (what) => {
      asked.push(what);
      if (what === 'views of 64') stopping.abort();
    };
    asked.length = 0;
    await expect(refreshRhythms(ports, now, stopping.signal)).rejects.toThrow(/abort/i);
    expect(asked).toEqual(['site', 'tokens', 'views of 64']);
  });

  test('that were told before ClickHouse went away stay told, and nothing is taken back', async () => {
    const { log, source, ports } = rhythmWorld();
    const names = Array.from({ length: 70 }, (_, i) => `eth:0x${i}`);
    source.tokens = Object.fromEntries(names.map((name) => [name, peaking(20, 10)]));
    await refreshRhythms(ports, now, signal);
    source.tokens = Object.fromEntries(names.map((name) => [name, peaking(20, 4)]));
    source.asked = (what) => {
      if (what === 'views of 6')
        throw new AppError({ code: 'CLICKHOUSE_UNAVAILABLE', message: 'away', retriable: true });
    };
    await expect(refreshRhythms(ports, now, signal)).rejects.toThrow('away');
    expect(told(log).slice(70)).toHaveLength(64);
    source.asked = () => undefined;
    expect(await refreshRhythms(ports, now, signal)).toEqual({ tokens: 70, told: 6, removed: 0 });
  });
});
