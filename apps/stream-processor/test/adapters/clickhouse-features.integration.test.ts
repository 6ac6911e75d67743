import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import { createLogger } from '@trending/runtime';
import { type FeatureSet, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import '../../../../test/support/stack-required.ts';
import { createFeatureSource } from '../../src/adapters/clickhouse-features.ts';
import { createClickHouseSink } from '../../src/adapters/clickhouse-sink.ts';
import { featureRows } from '../../src/domain/feature-rows.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import type { Step } from '../../src/what-if/what-if.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const { clickhouseUrl: url } = inject('stack');
const database = `features_${randomUUID().slice(0, 8)}`;
const settings = { url, username: 'default', password: '', database };
const minute = 60_000;
const t0 = Math.floor(Date.now() / 600_000) * 600_000 - 3_600_000;

/** `known`: a feature that has no column yet. */
const future = { known: 12 } as object;

function setAt(asOf: number, given: Partial<FeatureSet> = {}): FeatureSet {
  return {
    ...{ window: '1h', epoch: 3, asOf, controlOffset: 1, held: ['eth:b'], candidates: 7 },
    cut: [{ partition: 0, epoch: 1, inputOffset: 9, metadataOffset: 0, journeyOffset: 0, asOf }],
    formulas: rankFormulas.map(({ text }) => text),
    totals: { tokens: 5, views: 2 ** 40, effective: 2 ** 50 },
    site: {
      ...{ histH: 4, sameHour: 5, horizons: [6, 7] },
      cohorts: [{ name: 'eth/old', tokens: 1, histH: 2 }],
      ratios: [{ sum: 1, count: 2 }],
      visitors: 40,
      returners: 9,
      horizonVisitors: [20, 10],
      horizonReturners: [4, 2],
      came: [30, 12, 6],
      went: [3, 2, 1],
      further: [9, 4, 2],
      hours: 46,
      sources: [],
      countries: [],
    },
    items: [
      candidateOf('eth:a', { views: asOf % 977, horizons: [3, 2], cohort: 'eth/old', ...future }),
      candidateOf('eth:b', { phiSum: -5, effective: 2 ** 50, categories: ['meme', 'defi'] }),
    ].map((candidate) => ({ ...candidate, sparkline: [] })),
    ...given,
  };
}

let client: ClickHouseClient;
let offset = 0;
beforeAll(async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  await migrate({ ...settings, logger });
  client = createClient({ url, database });
});
afterAll(async () => {
  await client?.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await client?.close();
});

/** Inserts sets as the sink does, twice: the second time changes nothing. */
async function insert(...sets: FeatureSet[]): Promise<void> {
  const sink = createClickHouseSink(settings);
  const topic = topics.features.name;
  const start = offset;
  const rows = sets.flatMap((set) => featureRows(set, { topic, partition: 0, offset: offset++ }));
  const body = [Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))];
  const token = `${database}:${topic}:0:${start}-${offset}`;
  const block = { table: 'feature_history', token, rows: rows.length, body };
  await sink.insert(block);
  await sink.insert(block);
  const origin = { topic, partition: 0, start, end: offset };
  expect(await sink.repair({ ...block, origin }, block.table)).toBe(0);
  await sink.close();
}

async function read(question: { from: number; to: number; everyMs: number }): Promise<Step[]> {
  const source = createFeatureSource(settings);
  const steps: Step[] = [];
  for await (const step of source.steps({ window: '1h', ...question })) steps.push(step);
  await source.close();
  return steps;
}

const stepOf = ({ asOf, held, totals, site, formulas, candidates, items }: FeatureSet): Step => ({
  ...{ asOf, held, totals, site, formulas, candidates, items },
});

describe('features in ClickHouse', () => {
  test('come back as they were written, the first of every step, in the order of time', async () => {
    const sets = [0, 1, 4, 5, 6, 11].map((at) => setAt(t0 + at * minute + 123));
    await insert(setAt(t0, { window: '5m' }), ...sets);
    const firsts = sets.filter((_, index) => [0, 3, 5].includes(index)).map(stepOf);
    expect(await read({ from: t0, to: t0 + 12 * minute, everyMs: 5 * minute })).toEqual(firsts);
    expect(await read({ from: t0, to: t0 + 12 * minute, everyMs: minute })).toEqual(
      sets.map(stepOf),
    );
    expect(await read({ from: t0 + 20 * minute, to: t0 + 30 * minute, everyMs: minute })).toEqual(
      [],
    );
  });

  test('of one minute that two owners wrote count once', async () => {
    const at = t0 + 30 * minute;
    const [one, two] = [setAt(at), setAt(at, { epoch: 9 })];
    await insert(one, two, setAt(at + 9_000, { epoch: 9 }));
    expect(await read({ from: at, to: at + minute, everyMs: minute })).toEqual([stepOf(one)]);
    const answer = await client.query({
      query: `SELECT token, count() AS rows FROM token_features WHERE window = '1h' AND minute = toDateTime(${at / 1_000}) GROUP BY token ORDER BY token`,
      format: 'JSONCompactEachRow',
    });
    expect((await answer.json<unknown[]>()).map((row) => row.map(String))).toEqual([
      ['eth:a', '1'],
      ['eth:b', '1'],
    ]);
  });
});
