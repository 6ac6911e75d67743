import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { migrate } from '@trending/clickhouse';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  type Log,
  type Registry,
  topicName,
  topicSpecs,
} from '@trending/kafka';
import { createLogger, Registry as MetricsRegistry, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { type TokenView, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import '../../../../test/support/stack-required.ts';
import { createClickHouseSink } from '../../src/adapters/clickhouse-sink.ts';
import { createSinkRole, type SinkRole } from '../../src/tasks/sink-role.ts';
import { viewOf } from '../support/sink-world.ts';

const stack = inject('stack');
const name = `ch${randomUUID().slice(0, 8)}`;
const topicPrefix = `${name}.`;
const logger = createLogger({ service: 'test', level: 'silent' });
const partitions = 2;

/** Between the sink and ClickHouse: loses every so manyth answer, and everything while it is `away`. */
class LossyProxy {
  loseEvery = 0;
  isAway = false;
  lost = 0;
  #seen = 0;
  readonly #server: Server;

  constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => {
      if (this.isAway) return void incoming.socket.destroy();
      const { method = 'POST', url = '/', headers } = incoming;
      const onward = httpRequest(new URL(url, target), { method, headers }, (answer) => {
        this.#seen += 1;
        if (this.loseEvery > 0 && this.#seen % this.loseEvery === 0) {
          this.lost += 1;
          answer.resume().on('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => incoming.socket.destroy());
      incoming.pipe(onward);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('the sink between a real broker and ClickHouse', () => {
  const proxy = new LossyProxy(stack.clickhouseUrl);
  const crashes: unknown[] = [];
  const roles: SinkRole[] = [];
  let proxyUrl: string;
  let log: Log;
  let registry: Registry;
  let client: ClickHouseClient;
  let encode: (view: TokenView) => Uint8Array;
  let published = 0;

  beforeAll(async () => {
    log = createKafkaLog({ brokers: [stack.kafka], clientId: name, logger });
    await log.ensureTopics(topicSpecs({ prefix: topicPrefix, viewPartitions: partitions }));
    registry = createRegistry({ url: stack.registryUrl, logger });
    await applySchemas({ url: stack.registryUrl, logger, prefix: topicPrefix });
    const serde = await registry.serde<TokenView>(topics.views, topicPrefix);
    encode = (view) => serde.encode(view);
    const url = stack.clickhouseUrl;
    await migrate({ url, username: 'default', password: '', database: name, logger });
    client = createClient({ url, database: name });
    proxyUrl = await proxy.start();
  });

  afterAll(async () => {
    await Promise.all(roles.map((role) => role.stop()));
    proxy.stop();
    await log.close();
    await client.command({ query: `DROP DATABASE ${name}` });
    await client.close();
  });

  async function join(): Promise<SinkRole> {
    const role = createSinkRole({
      log,
      registry,
      sink: createClickHouseSink({
        url: proxyUrl,
        username: 'default',
        password: '',
        database: name,
      }),
      logger,
      metrics: new MetricsRegistry(),
      clock: systemClock,
      topicPrefix,
      crash: (error) => crashes.push(error),
      limits: { rangeRecordsMax: 100, lingerMs: 50 },
    });
    await role.start();
    roles.push(role);
    return role;
  }

  async function publish(count: number): Promise<void> {
    for (let at = 0; at < count; at += 500) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const views = Array.from({ length: 250 }, (_, i) => {
          const viewer = new Uint8Array(8).fill((published + i) % 256);
          return viewOf({ token: `eth:0x${i % 7}`, viewer, viewedAt: Date.now() });
        });
        const records = views.map((view) => ({ key: view.token, value: encode(view) }));
        await log.append({ topic: topicName(topics.views, topicPrefix), partition }, records);
        published += views.length;
      }
    }
  }

  const counts = async () => {
    const query = `SELECT count() AS n, uniqExact(_topic, _partition, _offset) AS records,
      (SELECT sum(views) FROM token_views_by_minute) AS minutes, (SELECT sum(views) FROM views_per_day) AS days
      FROM token_views`;
    const result = await client.query({ query, format: 'JSONEachRow' });
    const [row] = await result.json<Record<string, unknown>>();
    return Object.values(row ?? {}).map(Number);
  };
  // Rows are seen before the roll-ups of the same insert: all four must get there, and none beyond.
  const settled = () =>
    until({ timeoutMs: 45_000, what: `${published} rows` }, async () =>
      (await counts()).every((count) => count >= published) ? true : undefined,
    );
  const expectExact = async () =>
    expect(await counts()).toEqual([published, published, published, published]);

  test('views become rows and roll-ups', async () => {
    await publish(1_000);
    await join();
    await settled();
    await expectExact();
  });

  test('answers that are lost double nothing', async () => {
    proxy.loseEvery = 3;
    await publish(3_000);
    await settled();
    proxy.loseEvery = 0;
    expect(proxy.lost).toBeGreaterThan(5);
    await expectExact();
  });

  test('an outage stalls the sink, which stays in its group and goes on afterwards', async () => {
    proxy.isAway = true;
    await publish(1_000);
    const [role] = roles;
    await until({ timeoutMs: 15_000, what: 'readiness to tell' }, async () =>
      (await role?.ready[0]?.check()) === undefined ? undefined : true,
    );
    proxy.isAway = false;
    await settled();
    await expectExact();
    expect(await role?.ready[0]?.check()).toBeUndefined();
  });

  test('a second process takes partitions over in the middle, with answers getting lost', async () => {
    proxy.loseEvery = 4;
    const publishing = publish(2_000);
    await join();
    await publishing;
    await roles[0]?.stop();
    await publish(1_000);
    await settled();
    proxy.loseEvery = 0;
    await expectExact();
    expect(crashes).toEqual([]);
  });
});
