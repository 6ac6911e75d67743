import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@trending/clickhouse';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  type Log,
  type Serde,
  topicName,
  topicSpecs,
} from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import { freePort } from '@trending/runtime/free-port';
import { type TokenView, topics } from '@trending/schemas';
import type { CheckConfig } from '../shared/config.ts';
import { answers, Child } from './child.ts';
import { CuttingProxy } from './cutting-proxy.ts';

export const partitions = 4;
/** An engine that starts again on a busy machine takes its time: whether it is exact is asked here, not whether it is quick. */
export const engineWaitMs = 180_000;

/** A sink and a ClickHouse engine of its own, a proxy between them, topics with a prefix on the broker given. */
export interface SinkWorld {
  readonly log: Log;
  readonly serde: Serde<TokenView>;
  readonly viewsTopic: string;
  readonly proxy: CuttingProxy;
  readonly sink: Child;
  readonly clickhouse: Child;
  /** Where queries go, past the proxy. */
  readonly server: CheckConfig;
  /** The tables' files stay when `isKept`: somebody wants to know why they are not exact. */
  close(isKept: boolean): Promise<void>;
  readonly folder: string;
}

/** @throws AppError when broker or registry do not answer */
export async function openWorld(config: CheckConfig, logger: Logger): Promise<SinkWorld> {
  const prefix = `sink-faults-${randomUUID().slice(0, 8)}.`;
  const log = createKafkaLog({ ...config.kafka, clientId: 'sink-faults', logger });
  await log.ensureTopics(topicSpecs({ prefix, viewPartitions: partitions }));
  await applySchemas({ url: config.REGISTRY_URL, prefix, logger });
  const registry = createRegistry({ url: config.REGISTRY_URL, logger });
  const serde = await registry.serde<TokenView>(topics.views, prefix);
  const folder = await mkdtemp(join(tmpdir(), 'trending-sink-faults-'));
  const port = await freePort();
  const clickhouse = new Child('tools/local-stack/src/clickhouse-lite/main.ts', {
    ...process.env,
    CLICKHOUSE_LITE_PORT: String(port),
    CLICKHOUSE_LITE_DIR: join(folder, 'data'),
  });
  const url = `http://127.0.0.1:${port}`;
  const database = 'trending';
  await answers(`${url}/?query=SELECT%201`, engineWaitMs);
  await migrate({ url, username: 'default', password: '', database, logger });
  const proxy = new CuttingProxy(port);
  const sink = new Child('apps/stream-processor/src/main.ts --roles sink', {
    ...process.env,
    LOG_LEVEL: 'fatal',
    PORT: String(await freePort()),
    KAFKA_BROKERS: config.KAFKA_BROKERS,
    REGISTRY_URL: config.REGISTRY_URL,
    TOPIC_PREFIX: prefix,
    CLICKHOUSE_URL: await proxy.listen(),
    CLICKHOUSE_USER: 'default',
    CLICKHOUSE_PASSWORD: '',
    CLICKHOUSE_DATABASE: database,
  });
  return {
    ...{ log, serde, proxy, sink, clickhouse, viewsTopic: topicName(topics.views, prefix) },
    server: {
      ...config,
      ...{ CLICKHOUSE_URL: url, CLICKHOUSE_USER: 'default', CLICKHOUSE_PASSWORD: '' },
      CLICKHOUSE_DATABASE: database,
    },
    folder,
    async close(isKept) {
      await sink.stop();
      await proxy.close();
      await clickhouse.stop();
      await log.close();
      if (!isKept) await rm(folder, { recursive: true, force: true });
    },
  };
}
