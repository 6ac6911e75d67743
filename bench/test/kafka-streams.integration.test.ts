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
const repeatingPrefix = `it-streams-again-${randomUUID().slice(0, 8)}.`;
const views = 20_000;
const paneMs = 10_000;
/** As many viewers of a token and pane the peer keeps exactly. */
const exactMax = 64;
const missing = inject('stackMissing') === '' ? await whyNoPeer() : undefined;

interface Cell {
  readonly events: Set<string>;
  readonly viewers: Set<string>;
}

/** What is in a topic of each token and pane, found the plain way. */
async function cellsOf(topicPrefix: string): Promise<Cell[]> {
  const log = openLog(stack);
  const registry = createRegistry({ url: stack.registryUrl, logger });
  const serde = await registry.serde<TokenView>(topics.views, topicPrefix);
  const topic = topicName(topics.views, topicPrefix);
  const cells = new Map<string, Cell>();
  for (const [partition, to] of await log.endOffsets(topic)) {
    for await (const { records } of log.read({ topic, partition }, { from: 0, to })) {
      for (const { value } of records) {
        await serde.resolve(value!);
        const decoded = serde.decode(value!);
        if (!decoded?.ok) throw new Error('a view of the backlog does not decode');
        const { token, viewedAt, eventId, viewer } = decoded.value;
        const key = `${token} ${Math.floor(viewedAt / paneMs)}`;
        const cell = cells.get(key) ?? { events: new Set(), viewers: new Set() };
        cell.events.add(Buffer.from(eventId).toString('hex'));
        cell.viewers.add(Buffer.from(viewer).toString('hex'));
        cells.set(key, cell);
      }
    }
  }
  await log.close();
  return [...cells.values()];
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
    const backlog = { broker: stack.kafka, topic: topicName(topics.views, prefix), views };
    const laps = await countWithStreams(folder, backlog, counting);
    const cells = (await cellsOf(prefix)).length;
    expect(laps.map((lap) => [lap.views, lap.cells])).toEqual(
      Array.from({ length: counting.laps }, () => [views, cells]),
    );
    for (const lap of laps) expect(lap.viewsPerSecond).toBeGreaterThan(lap.writtenPerSecond);
    for (const lap of laps) expect(lap.cpuMicrosPerView).toBeGreaterThan(0);
    expect(await traces()).toEqual([]);
  });

  test('drops views sent twice and finds the visitors of each token and pane', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const some = { views, tokens: 1_000, visitors: 400, repeatEvery: 20 };
    await provision(stack, repeatingPrefix);
    // Panes with so many views that there are sketches too.
    await appendBacklog(stack, { ...some, prefix: repeatingPrefix, spanMs: 120_000 });
    const cells = await cellsOf(repeatingPrefix);
    const visitorsOf = (some: readonly Cell[]): number =>
      some.reduce((sum, { viewers }) => sum + viewers.size, 0);
    const few = cells.filter(({ viewers }) => viewers.size <= exactMax);
    const many = cells.filter(({ viewers }) => viewers.size > exactMax);
    const topic = topicName(topics.views, repeatingPrefix);
    const backlog = { broker: stack.kafka, topic, views };
    const [lap] = await countWithStreams(folder, backlog, {
      mode: 'same-work',
      threads: 1,
      laps: 1,
    });
    expect(lap).toMatchObject({
      ...{ views, cells: cells.length },
      ...{ exactVisitors: visitorsOf(few), sketchedCells: many.length },
    });
    expect(many.length).toBeGreaterThan(5);
    // Each is some 3 % off.
    expect(lap!.sketchedVisitors / visitorsOf(many)).toBeCloseTo(1, 1);
    expect(await traces()).toEqual([]);
  });
});
