import { randomUUID } from 'node:crypto';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  deadLetterInfo,
  type Log,
  partitionOf,
  type Registry,
  topicName,
  topicSpecs,
} from '@trending/kafka';
import { createLogger, Registry as MetricsRegistry, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { type CandidateSet, type TokenView, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createAggregateRole } from '../src/tasks/aggregate-role.ts';
import { viewOf } from './support/views.ts';

interface Stack {
  readonly kafka: string;
  readonly registryUrl: string;
}

const logger = createLogger({ service: 'test', level: 'silent' });
const prefix = `test-${randomUUID().slice(0, 8)}.`;
const partitions = 3;
const rest = { partnerId: null, device: null, dwellMs: null };
const opened: Log[] = [];
let registry: Registry;
let log: Log;

/** KAFKA_BROKERS and REGISTRY_URL name running ones; else the stack of the test run is used. */
function endpoints(): Stack {
  const { KAFKA_BROKERS: kafka, REGISTRY_URL: registryUrl } = process.env;
  if (kafka !== undefined && registryUrl !== undefined) return { kafka, registryUrl };
  return inject('stack');
}

function connect(name: string): Log {
  const { kafka } = endpoints();
  const clientId = `${name}-${randomUUID().slice(0, 8)}`;
  const connected = createKafkaLog({ brokers: kafka.split(','), clientId, logger });
  opened.push(connected);
  return connected;
}

function roleOn(own: Log, crashes: unknown[] = []) {
  return createAggregateRole({
    log: own,
    registry,
    logger,
    metrics: new MetricsRegistry(),
    clock: systemClock,
    topicPrefix: prefix,
    crash: (error) => crashes.push(error),
  });
}

async function publish(key: string, value: Uint8Array): Promise<void> {
  const target = {
    topic: topicName(topics.views, prefix),
    partition: partitionOf(key, partitions),
  };
  await log.append(target, [{ key, value, timestamp: Date.now() }]);
}

async function view(token: string, viewer: number): Promise<void> {
  const serde = await registry.serde<TokenView>(topics.views, prefix);
  const eventId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  await publish(
    token,
    serde.encode({ ...viewOf({ token, viewer, at: Date.now() }), ...rest, eventId }),
  );
}

async function newestSets(): Promise<Map<string, CandidateSet>> {
  const serde = await registry.serde<CandidateSet>(topics.candidates, prefix);
  const topic = topicName(topics.candidates, prefix);
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  const newest = new Map<string, CandidateSet>();
  for await (const { records } of log.read({ topic, partition: 0 }, { from: 0, to })) {
    for (const { key, value } of records) {
      const decoded = value === null ? undefined : serde.decode(value);
      if (decoded?.ok) newest.set(Buffer.from(key ?? []).toString(), decoded.value);
    }
  }
  return newest;
}

async function viewsOf(token: string): Promise<number> {
  const set = (await newestSets()).get(`1h|${partitionOf(token, partitions)}`);
  return set?.items.find((item) => item.token === token)?.views ?? 0;
}

beforeAll(async () => {
  const { registryUrl: url } = endpoints();
  log = connect('publisher');
  await log.ensureTopics(topicSpecs({ prefix, viewPartitions: partitions }));
  await applySchemas({ url, logger, prefix });
  registry = createRegistry({ url, logger });
});

afterAll(async () => {
  for (const own of opened) await own.close();
});

describe('aggregate role on a real broker', () => {
  test('counts views, survives bad records, and a second process rebuilds the same counts', async () => {
    const crashes: unknown[] = [];
    const one = roleOn(connect('one'), crashes);
    await one.start();
    for (let viewer = 0; viewer < 4; viewer += 1) await view('eth:0xa', viewer);
    await publish('eth:0xa', Buffer.from('not avro'));
    await view('eth:0xa', 4);
    await until({ timeoutMs: 30_000, what: 'five views' }, async () =>
      (await viewsOf('eth:0xa')) === 5 ? true : undefined,
    );
    const target = {
      topic: topicName(topics.deadLetters, prefix),
      partition: partitionOf('eth:0xa', partitions),
    };
    const letters = [];
    for await (const batch of log.read(target, { from: 0, to: 1 })) letters.push(...batch.records);
    expect(letters.map((letter) => deadLetterInfo(letter)?.reason)).toEqual(['bad_magic']);
    expect(letters[0]?.value?.toString()).toBe('not avro');

    const before = (await newestSets()).get(`1h|${target.partition}`);
    await one.stop();
    const two = roleOn(connect('two'), crashes);
    await two.start();
    await view('eth:0xa', 5);
    await until({ timeoutMs: 30_000, what: 'six views' }, async () =>
      (await viewsOf('eth:0xa')) === 6 ? true : undefined,
    );
    const after = (await newestSets()).get(`1h|${target.partition}`);
    expect(after?.epoch).toBeGreaterThan(before?.epoch ?? 0);
    expect(after).toMatchObject({ inputOffset: 7, items: [{ token: 'eth:0xa', visitors: 6 }] });
    await two.stop();
    expect(crashes).toEqual([]);
  });
});
