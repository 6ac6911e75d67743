import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import '../../../../test/support/stack-required.ts';
import { createRhythmSource } from '../../src/adapters/clickhouse-rhythms.ts';
import { hourOfWeek } from '../../src/domain/week-hours.ts';
import { rhythmHours } from '../../src/domain/week-rhythm.ts';
import type { RhythmSource } from '../../src/tasks/rhythm-ports.ts';
import { refreshRhythms } from '../../src/tasks/rhythms.ts';
import { insertSpell, type Spell } from '../support/hourly-views.ts';
import { peakHour, rhythmWorld, told } from '../support/rhythm-world.ts';

const url = inject('stack').clickhouseUrl;
const database = `chw${randomUUID().slice(0, 8)}`;
const access = { url, username: 'default', password: '', database };
const hourMs = 3_600_000;
const { signal } = new AbortController();
/** The present hour, of which nothing is read. */
const end = Math.floor(Date.now() / hourMs);
const range = { firstHour: end - rhythmHours, hours: rhythmHours };
const day = 24;
/** What a name may hold that means something in SQL and in addresses. */
const crooked = "sol:it's\\a,b]&?";

let client: ClickHouseClient;
let source: RhythmSource;

const insert = (spell: Partial<Spell> & Pick<Spell, 'token' | 'perHour'>) =>
  insertSpell(client, { from: range.firstHour, to: end + 1, ...spell });

beforeAll(async () => {
  await migrate({ ...access, logger: createLogger({ service: 'test', level: 'silent' }) });
  client = createClient({ url, database });
  source = createRhythmSource(access);
  // Two parts of the same cells, and two topics: they are summed.
  await insert({ token: 'eth:0xa', perHour: 4 });
  await insert({ token: 'eth:0xa', perHour: 2, topic: 'token.views.backfill.v1', to: end });
  await insert({ token: 'eth:0xa', perHour: 54, slots: [peakHour], to: end });
  await insert({ token: crooked, perHour: 40 });
  await insert({ token: 'eth:0xedge', perHour: 5, from: end - 14 * day, to: end });
  await insert({ token: 'eth:0xyoung', perHour: 50, from: end - 14 * day + 1 });
  await insert({ token: 'eth:0xfew', perHour: 4, from: end - 20 * day });
  // Enough only with the present hour.
  await insert({ token: 'eth:0xnow', perHour: 4, to: end });
  await insert({ token: 'eth:0xnow', perHour: 3_000, from: end, to: end + 1 });
  await insert({ token: 'eth:0xrobots', perHour: 20, flags: 1 });
  await insert({ token: 'eth:0xlate', perHour: 20, from: end - 15 * day, to: end - 15 * day + 20 });
});
afterAll(async () => {
  await source?.close();
  await client?.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await client?.close();
});

describe('the hourly roll-up in ClickHouse', () => {
  test('names tokens with 14 days and 5 views an hour, the most viewed first', async () => {
    expect(await source.regularTokens(range, signal)).toEqual([crooked, 'eth:0xa', 'eth:0xedge']);
  });

  test('tells views by hour of the tokens asked for, robots and the present hour left out', async () => {
    const asked = ['eth:0xa', crooked, 'eth:0xrobots', 'eth:0xnobody'];
    const views = await source.viewsOf(asked, range, signal);
    expect([...views.keys()].sort()).toEqual(['eth:0xa', crooked]);
    expect(views.get(crooked)).toEqual(new Float64Array(rhythmHours).fill(40));
    const expected = Float64Array.from({ length: rhythmHours }, (_, at) =>
      hourOfWeek(range.firstHour + at) === peakHour ? 60 : 6,
    );
    expect(views.get('eth:0xa')).toEqual(expected);
  });

  test('sums the views of the whole site by hour', async () => {
    const views = await source.siteViews(range, signal);
    expect(views).toHaveLength(rhythmHours);
    const isPeak = (at: number) => hourOfWeek(range.firstHour + at) === peakHour;
    expect(views[0]).toBe(50 + (isPeak(0) ? 54 : 0));
    expect(views[rhythmHours - 1]).toBe(50 + 5 + 50 + 4 + (isPeak(rhythmHours - 1) ? 54 : 0));
  });

  test('becomes a record of the metadata topic for the token that peaks every Sunday, and for no other', async () => {
    const { log, ports } = rhythmWorld();
    const report = await refreshRhythms({ ...ports, source }, end * hourMs, signal);
    expect(report).toEqual({ tokens: 1, told: 1, removed: 0 });
    expect(told(log)).toEqual([['week|eth:0xa', expect.any(Number)]]);
    expect(told(log)[0]?.[1]).toBeGreaterThan(2_000_000);
  });

  test('says what is wrong when it cannot be read, and may be asked again', async () => {
    const lost = createRhythmSource({ ...access, database: 'nobody_made_this' });
    await expect(lost.siteViews(range, signal)).rejects.toMatchObject({
      ...{ code: 'CLICKHOUSE_REJECTED', retriable: true },
      message: expect.stringContaining('token_views_by_hour'),
    });
    await lost.close();
    const gone = createRhythmSource({ ...access, url: 'http://127.0.0.1:9' });
    await expect(gone.regularTokens(range, signal)).rejects.toMatchObject({
      ...{ code: 'CLICKHOUSE_UNAVAILABLE', retriable: true },
    });
    await gone.close();
  });
});
