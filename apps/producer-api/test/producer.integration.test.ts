import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  type Log,
  partitionOf,
  topicName,
  topicSpecs,
} from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { freePort } from '@trending/runtime/free-port';
import { until } from '@trending/runtime/testing';
import { type TokenMetadata, type TokenView, type Topic, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { pepe } from './support/producer.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const prefix = `${process.env['TOPIC_PREFIX'] ?? ''}pa-${randomUUID().slice(0, 8)}.`;
const apiKey = randomUUID();
const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };

function stackUrls(): { readonly kafka: string; readonly registryUrl: string } {
  const { KAFKA_BROKERS: kafka, REGISTRY_URL: registryUrl } = process.env;
  return kafka !== undefined && registryUrl !== undefined
    ? { kafka, registryUrl }
    : inject('stack');
}

let log: Log;
let service: ChildProcess;
let output = '';
let url: string;

/** Starts before topics and schemas exist, as it may in a real deployment. */
beforeAll(async () => {
  const { kafka, registryUrl } = stackUrls();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  service = spawn(process.execPath, [main], {
    env: {
      ...{ PATH: process.env['PATH'], PORT: String(port), HASH_SECRET: 'integration' },
      ...{ KAFKA_BROKERS: kafka, REGISTRY_URL: registryUrl, TOPIC_PREFIX: prefix },
      API_KEYS: `it:publish+backfill+admin:${createHash('sha256').update(apiKey).digest('hex')}`,
    },
  });
  service.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  log = createKafkaLog({ brokers: kafka.split(','), clientId: 'producer-api-test', logger });
  await until(
    { timeoutMs: 30_000, what: 'the port' },
    async () => (await fetch(`${url}/livez`)).ok || undefined,
  );
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  await log.ensureTopics(topicSpecs({ prefix, viewPartitions: 3 }));
  await applySchemas({ url: registryUrl, logger, prefix });
  await until(
    { timeoutMs: 60_000, what: 'readiness' },
    async () => (await fetch(`${url}/readyz`)).ok || undefined,
  );
});

afterAll(async () => {
  service.kill('SIGKILL');
  await log.close();
});

/** Every value of a topic, decoded with the schema of the registry. */
async function valuesOf<T>(
  topic: Topic,
): Promise<{ key: string; partition: number; value: T | null }[]> {
  const registry = createRegistry({ url: stackUrls().registryUrl, logger });
  const serde = await registry.serde<T>(topic, prefix);
  const name = topicName(topic, prefix);
  const values: { key: string; partition: number; value: T | null }[] = [];
  for (const [partition, to] of await log.endOffsets(name)) {
    for await (const { records } of log.read({ topic: name, partition }, { from: 0, to })) {
      for (const { key, value } of records) {
        const decoded = value === null ? undefined : serde.decode(value);
        if (decoded?.ok === false) throw new Error(decoded.detail);
        values.push({ key: String(key), partition, value: decoded?.value ?? null });
      }
    }
  }
  return values;
}

describe('on a real broker and registry', () => {
  test('an answered view is in the log, in Avro, under its key and partition', async () => {
    const eventId = randomUUID();
    const answer = await fetch(`${url}/api/v1/tokens/${pepe}/view?chain=eth`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ eventId, viewer: 'v', country: 'de', dwellMs: 7 }),
    });
    expect(answer.status).toBe(202);
    const views = await valuesOf<TokenView>(topics.views);
    const found = views.find(
      ({ value }) =>
        Buffer.from(value?.eventId ?? []).toString('hex') === eventId.replaceAll('-', ''),
    );
    expect(found).toMatchObject({
      key: `eth:${pepe}`,
      partition: partitionOf(`eth:${pepe}`, 3),
      value: {
        chain: 'eth',
        token: `eth:${pepe}`,
        country: 'DE',
        dwellMs: 7,
        source: 'api',
        partnerId: null,
      },
    });
  });

  test('a batch lands whole, live and backfill apart', async () => {
    const before = (await valuesOf<TokenView>(topics.views)).length;
    const views = Array.from({ length: 300 }, (_, i) => ({
      address: `t${i}`,
      chain: 'test-chain',
      viewer: `v${i}`,
      ...(i % 3 === 0 ? { viewedAt: '2014-02-14T12:00:00Z' } : {}),
    }));
    const answer = await fetch(`${url}/api/v1/views`, {
      method: 'POST',
      headers,
      body: JSON.stringify(views),
    });
    expect(await answer.json()).toEqual({ accepted: 300, duplicate: 0, filtered: 0, rejected: [] });
    expect(await valuesOf<TokenView>(topics.views)).toHaveLength(before + 200);
    const old = await valuesOf<TokenView>(topics.backfill);
    expect(old).toHaveLength(100);
    expect(old.every(({ value }) => value?.viewedAt === Date.UTC(2014, 1, 14, 12))).toBe(true);
  });

  test('metadata is set and deleted', async () => {
    const token = `${url}/api/v1/tokens/${pepe}`;
    const body = JSON.stringify({ name: 'Pepe', symbol: 'PEPE', categories: ['meme'] });
    expect((await fetch(token, { method: 'PUT', headers, body })).status).toBe(202);
    const { authorization } = headers;
    expect((await fetch(token, { method: 'DELETE', headers: { authorization } })).status).toBe(202);
    const records = await valuesOf<TokenMetadata>(topics.metadata);
    expect(records.map(({ value }) => value?.symbol)).toEqual(['PEPE', undefined]);
  });

  test('nothing that was sent in secret is in the output, and SIGTERM ends it cleanly', async () => {
    service.kill('SIGTERM');
    const [code] = await once(service, 'exit');
    expect(code).toBe(0);
    expect(output).not.toContain(apiKey);
  });
});
