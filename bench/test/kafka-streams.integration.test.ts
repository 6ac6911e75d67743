import { randomUUID } from 'node:crypto';
import { createRegistry, topicName } from '@trending/kafka';
import { type TokenView, topics } from '@trending/schemas';
import { Kafka, logLevel } from 'kafkajs';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type {} from '../../test/support/stack.ts';
import { provision } from '../src/provision.ts';
import { buildPeer, countWithStreams, whyNoPeer } from '../src/streams/peer.ts';
import { appendBacklog, logger, openLog } from '../src/views.ts';

const stack = inject('stack');
const prefix = `it-streams-${randomUUID().slice(0, 8)}.`;
const topic = topicName(topics.views, prefix);
const views = 20_000;
const paneMs = 10_000;
const missing = inject('stackMissing') === '' ? await whyNoPeer() : undefined;

/** Pairs of token and pane in the topic, found the plain way. */
async function cellsOf(): Promise<number> {
  const log = openLog(stack);
  const registry = createRegistry({ url: stack.registryUrl, logger });
  const serde = await registry.serde<TokenView>(topics.views, prefix);
  const cells = new Set<string>();
  for (const [partition, to] of await log.endOffsets(topic)) {
    for await (const { records } of log.read({ topic, partition }, { from: 0, to })) {
      for (const { value } of records) {
        await serde.resolve(value!);
        const decoded = serde.decode(value!);
        if (!decoded?.ok) throw new Error('a view of the backlog does not decode');
        cells.add(`${decoded.value.token} ${Math.floor(decoded.value.viewedAt / paneMs)}`);
      }
    }
  }
  await log.close();
  return cells.size;
}

/** Topics and groups of peers: none is left when they have ended. */
async function traces(): Promise<string[]> {
  const admin = new Kafka({ brokers: [stack.kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  const names = [...(await admin.listTopics()), ...groups.map(({ groupId }) => groupId)];
  await admin.disconnect();
  return names.filter((name) => name.startsWith('bench-streams-'));
}

describe('the Kafka Streams peer', () => {
  let folder: string;
  beforeAll(async () => {
    if (inject('stackMissing') !== '' || missing !== undefined) return;
    folder = await buildPeer();
    await provision(stack, prefix);
    await appendBacklog(stack, { views, tokens: 1_000, prefix, spanMs: 600_000 });
  });

  test.for([
    { mode: 'in-memory', threads: 2, laps: 2 },
    { mode: 'exactly-once', threads: 1, laps: 1 },
  ] as const)('counts every view once, $mode, $threads threads', async (counting, context) => {
    if (missing !== undefined) return context.skip(missing);
    const backlog = { broker: stack.kafka, topic, views };
    const laps = await countWithStreams(folder, backlog, counting);
    const cells = await cellsOf();
    expect(laps.map((lap) => [lap.views, lap.cells])).toEqual(
      Array.from({ length: counting.laps }, () => [views, cells]),
    );
    for (const lap of laps) expect(lap.viewsPerSecond).toBeGreaterThan(lap.writtenPerSecond);
    for (const lap of laps) expect(lap.cpuMicrosPerView).toBeGreaterThan(0);
    expect(await traces()).toEqual([]);
  });
});
