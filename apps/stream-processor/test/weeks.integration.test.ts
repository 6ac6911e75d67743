import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import { partitionOf, topicName } from '@trending/kafka';
import { Registry as MetricsRegistry, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { type CandidateSet, type TokenMetadata, type TokenView, topics } from '@trending/schemas';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import '../../../test/support/stack-required.ts';
import { clickHouseEnds } from '../src/adapters/clickhouse-ends.ts';
import { hourOfWeek } from '../src/domain/week-hours.ts';
import { rhythmHours } from '../src/domain/week-rhythm.ts';
import { readCategories } from '../src/replay/replay-source.ts';
import { createAggregateRole } from '../src/tasks/aggregate-role.ts';
import { createSinkRole } from '../src/tasks/sink-role.ts';
import { insertSpell } from './support/hourly-views.ts';
import { type BrokerWorld, brokerWorld, quietLogger } from './support/real-broker.ts';
import { viewOf } from './support/views.ts';

const database = `chw${randomUUID().slice(0, 8)}`;
const access = { url: inject('stack').clickhouseUrl, username: 'default', password: '', database };
const end = Math.floor(Date.now() / 3_600_000);
/** Around the present hour: the test may outlast it. */
const busyHours = [-1, 0, 1].map((by) => hourOfWeek(end + by));
const rest = { partnerId: null, device: null, dwellMs: null };
let world: BrokerWorld;
let client: ClickHouseClient;

beforeAll(async () => {
  world = await brokerWorld(2);
  await migrate({ ...access, logger: quietLogger });
  client = createClient({ url: access.url, database });
  const range = { from: end - rhythmHours, to: end };
  for (const token of ['eth:0xb', 'eth:0xc', 'eth:0xd'])
    await insertSpell(client, { ...range, token, perHour: 200 });
  await insertSpell(client, { ...range, token: 'eth:0xa', perHour: 6 });
  await insertSpell(client, { ...range, token: 'eth:0xa', perHour: 54, slots: busyHours });
});
afterAll(async () => {
  await client?.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await client?.close();
  await world?.close();
});

async function view(token: string): Promise<void> {
  const serde = await world.registry.serde<TokenView>(topics.views, world.prefix);
  const eventId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  const value = serde.encode({ ...viewOf({ token, at: Date.now() }), ...rest, eventId });
  const partition = partitionOf(token, world.partitions);
  const target = { topic: topicName(topics.views, world.prefix), partition };
  await world.log.append(target, [{ key: token, value, timestamp: Date.now() }]);
}

/** The newest of a token in the sets of the five minutes. */
async function newestSet(token: string): Promise<CandidateSet | undefined> {
  const serde = await world.registry.serde<CandidateSet>(topics.candidates, world.prefix);
  const topic = topicName(topics.candidates, world.prefix);
  const to = (await world.log.endOffsets(topic)).get(0) ?? 0;
  let newest: CandidateSet | undefined;
  for await (const { records } of world.log.read({ topic, partition: 0 }, { from: 0, to }))
    for (const { value } of records) {
      const set = value === null ? undefined : serde.decode(value);
      const isOf = set?.ok && set.value.window === '5m';
      if (isOf && set.value.items.some((item) => item.token === token)) newest = set.value;
    }
  return newest;
}

test('four weeks in ClickHouse become what is expected of a token now, through the log', async () => {
  const crashes: unknown[] = [];
  const { registry, prefix: topicPrefix, connect } = world;
  const shared = { registry, topicPrefix, logger: quietLogger, clock: systemClock };
  const crash = (error: unknown) => crashes.push(error);
  const metrics = new MetricsRegistry();
  const sink = createSinkRole({
    ...{ ...shared, crash, metrics, log: connect('sink') },
    ...clickHouseEnds(access),
  });
  const counting = { log: connect('aggregate'), metrics: new MetricsRegistry() };
  const aggregate = createAggregateRole({ ...shared, ...counting, crash });
  await sink.start();
  await aggregate.start();
  try {
    const told = await until({ timeoutMs: 60_000, what: 'a set that knows the week' }, async () => {
      await view('eth:0xa');
      const set = await newestSet('eth:0xa');
      const index = set?.items.find(({ token }) => token === 'eth:0xa')?.weekIndexMicro ?? [];
      return index.length > 0 ? { set, index } : undefined;
    });
    expect(told.index[0]).toBeGreaterThan(4_000_000);
    expect(told.set?.metadataOffset).toBe(1);
    const serde = await registry.serde<TokenMetadata>(topics.metadata, topicPrefix);
    const table = await readCategories(world.log, serde, topicName(topics.metadata, topicPrefix));
    expect(table.offset).toBe(1);
    expect(table.weekOf('eth:0xa')?.[busyHours[1] as number]).toBeGreaterThan(4_000_000);
    expect(table.weekOf('eth:0xb')).toBeUndefined();
    expect(await metrics.metrics()).toContain('trending_week_rhythm_tokens 1');
  } finally {
    await aggregate.stop();
    await sink.stop();
  }
  expect(crashes).toEqual([]);
});
