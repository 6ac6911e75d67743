import { createKafkaLog, createRegistry, topicSpec } from '@trending/kafka';
import { createLogger, type Part, startAll, stopAll, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import {
  type Board,
  boardFenceKey,
  boardKey,
  schemaOf,
  subjectOf,
  topics,
} from '@trending/schemas';
import type { TrendingAnswer } from '@trending/schemas/http/trending';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registrySerdes } from '../src/adapters/registry-serdes.ts';
import { createGateway, type Gateway } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import '../../../test/support/stack-required.ts';
import { boardOf, tokens } from './support/boards.ts';
import { follow, transports } from './support/push-clients.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };
const prefix = `gw.${crypto.randomUUID().slice(0, 8)}.`;
const logger = createLogger({ service: 'test', level: 'silent' });

describe('a gateway on a real broker', () => {
  const { kafka, registryUrl } = inject('stack');
  const brokers = [kafka];
  const log = createKafkaLog({ brokers, clientId: 'gateway-test', logger });
  const registry = createRegistry({ url: registryUrl, logger });
  const rankings = `${prefix}${topics.rankings.name}`;
  const running: { gateway: Gateway; parts: readonly Part[] }[] = [];

  async function startGateway(): Promise<{ gateway: Gateway; url: string }> {
    const own = createKafkaLog({ brokers, clientId: 'gateway-under-test', logger });
    const gateway = await createGateway({
      config: loadConfig({ TOPIC_PREFIX: prefix, EVENT_LOOP_DELAY_MAX_MS: '0' }),
      log: own,
      serdes: registrySerdes(registry, prefix),
      history: { points: async () => [], boardAt: async () => undefined },
      clock: systemClock,
      logger,
      crashed: (error) => {
        throw error;
      },
    });
    const connection = { name: 'log', start: async () => undefined, stop: () => own.close() };
    const parts = [connection, ...gateway.parts];
    await startAll(parts);
    const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    running.push({ gateway, parts });
    await until({ timeoutMs: 30_000, what: 'readiness' }, async () =>
      (await fetch(`${url}/readyz`)).ok ? true : undefined,
    );
    return { gateway, url };
  }

  async function publish(value: Board): Promise<void> {
    const serde = await registry.serde<Board>(topics.rankings, prefix);
    const key = boardKey(value.formula.id, value.window, value.scope);
    await log.append({ topic: rankings, partition: 0 }, [{ key, value: serde.encode(value) }]);
  }

  beforeAll(async () => {
    if (inject('stackMissing') !== '') return;
    const read = [topics.rankings, topics.metadata];
    await log.ensureTopics(read.map((topic) => topicSpec(topic, { prefix, viewPartitions: 1 })));
    for (const topic of read) {
      const answer = await fetch(`${registryUrl}/subjects/${subjectOf(topic, prefix)}/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ schema: schemaOf(topic) }),
      });
      expect(answer.ok).toBe(true);
    }
  });
  afterAll(async () => {
    for (const { gateway, parts } of running) {
      await gateway.app.close();
      await stopAll(parts);
    }
    await log.close();
  });

  it('pushes boards as they are produced, and gives a late joiner the newest state', async () => {
    const { url } = await startGateway();
    const clients = await Promise.all(transports.map((transport) => transport.connect(url)));
    for (const client of clients) client.subscribe({ board });
    const held = await Promise.all(
      clients.map(async (client) => follow(undefined, await client.next())),
    );
    expect(held.every(({ items }) => items.length === 0)).toBe(true);
    const epoch = await log.append({ topic: rankings, partition: 0 }, [
      { key: boardFenceKey, value: null },
    ]);
    await publish(boardOf(tokens(5), { epoch, seq: 1, scoredAt: Date.now() }));
    for (const client of clients) {
      expect(await client.next()).toMatchObject({ epoch, seq: 1 });
    }
    await publish(boardOf(tokens(6), { epoch, seq: 2, scoredAt: Date.now() }));
    for (const client of clients) {
      expect(await client.next()).toMatchObject({ type: 'delta', prevSeq: 1, seq: 2 });
    }
    const second = await startGateway();
    const late = await transports[0]!.connect(second.url);
    late.subscribe({ board });
    expect(follow(undefined, await late.next()).items).toHaveLength(6);
    const [one, other] = await Promise.all(
      [url, second.url].map(async (base) => (await fetch(`${base}/api/v1/tokens/trending`)).text()),
    );
    expect(one).toBe(other);
    for (const client of [...clients, late]) client.close();
  });

  it('goes on with a cursor that another one gave for a version replaced since', async () => {
    const [one, other] = [await startGateway(), await startGateway()];
    const fence = { key: boardFenceKey, value: null };
    const epoch = await log.append({ topic: rankings, partition: 0 }, [fence]);
    await publish(boardOf(tokens(5), { epoch, seq: 1, scoredAt: Date.now() }));
    const ask = async (base: string, query: string) =>
      (await (
        await fetch(`${base}/api/v1/tokens/trending?limit=3${query}`)
      ).json()) as TrendingAnswer;
    const serving = (seq: number) =>
      until({ timeoutMs: 20_000, what: `version ${seq} everywhere` }, async () => {
        const answers = await Promise.all([one, other].map(({ url }) => ask(url, '')));
        const isThere = answers.every(
          ({ board: { epoch: e, seq: s } }) => e === epoch && s === seq,
        );
        return isThere ? answers[0] : undefined;
      });
    const { nextCursor } = await serving(1);
    await publish(boardOf(tokens(5).reverse(), { epoch, seq: 2, scoredAt: Date.now() }));
    await serving(2);
    const second = await ask(other.url, `&cursor=${nextCursor}`);
    expect(second.board).toMatchObject({ epoch, seq: 1 });
    expect(second.items.map(({ token }) => token)).toEqual(tokens(5).slice(3));
  });
});
