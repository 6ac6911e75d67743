import type { ConsumedRecord, GroupConsumer, Log, RunGroupOptions } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { createLatch, ManualClock } from '@trending/runtime/testing';
import {
  type Board,
  type FeatureSet,
  type TokenMetadata,
  type TokenView,
  topics,
} from '@trending/schemas';
import { expect, test } from 'vitest';
import { SinkMember } from '../../src/tasks/sink-member.ts';
import { createSinkMetrics } from '../../src/tasks/sink-metrics.ts';
import { SinkWorld, viewOf } from '../support/sink-world.ts';

const target = { topic: topics.views.name, partition: 0 };
const isCurrent = () => true;
const heartbeat = async () => undefined;

/** A member whose group is played by the test; its first question for the committed offset waits. */
async function memberWithSlowFirstQuestion() {
  const world = new SinkWorld();
  const slow = createLatch();
  let questions = 0;
  let group: RunGroupOptions | undefined;
  const committed = { offset: 0, metadata: '' };
  const consumer = {
    pause: () => undefined,
    resume: () => undefined,
    seek: () => undefined,
    stop: async () => undefined,
    commit: async (_target, offset, metadata = '') => {
      Object.assign(committed, { offset, metadata });
    },
    committed: async () => {
      questions += 1;
      const answer = { ...committed };
      if (questions === 1) await slow.opened;
      return answer;
    },
  } satisfies GroupConsumer;
  const log: Partial<Log> = {
    runGroup: async (options) => {
      group = options;
      return consumer;
    },
    startOffsets: async () => new Map([[0, 0]]),
    endOffsets: async () => new Map([[0, 100]]),
  };
  const serdes = {
    views: inMemorySerde<TokenView>(topics.views),
    rankings: inMemorySerde<Board>(topics.rankings),
    rankingTimes: inMemorySerde<Board>(topics.rankings),
    metadata: inMemorySerde<TokenMetadata>(topics.metadata),
    features: inMemorySerde<FeatureSet>(topics.features),
  };
  const member = new SinkMember({
    log: log as Log,
    serdes,
    sink: {
      insert: (block) => world.clickhouse.insert(block),
      repair: (block, table) => world.clickhouse.repair(block, table),
      newestViewOffset: async () => -1,
      close: async () => undefined,
    },
    group: 'sink',
    topicPrefix: '',
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createSinkMetrics(new Registry(), async () => []),
    clock: new ManualClock(0),
    crash: (error) => {
      throw error;
    },
    limits: {
      rangeRecordsMax: 100,
      rangeBytesMax: 1_000_000,
      lingerMs: 0,
      restMs: 0,
      handOverMs: 1,
      retry: { initialMs: 1, maxMs: 1 },
    },
  });
  await member.start();
  if (group === undefined) throw new Error('no group was joined');
  const records = (from: number, count: number): ConsumedRecord[] =>
    Array.from({ length: count }, (_, i) => ({
      ...target,
      offset: from + i,
      timestamp: 1,
      key: null,
      value: serdes.views.encode(viewOf()),
      headers: {},
    }));
  const batch = (from: number, count: number) =>
    group?.batch(
      { ...target, records: records(from, count), highWatermark: 100 },
      { isCurrent, heartbeat },
    );
  return { world, member, group, slow, batch };
}

const notBegun = () => undefined;

test('an assignment that is answered after the next one leaves the tasks of the next one alone', async () => {
  const { world, member, group, slow, batch } = await memberWithSlowFirstQuestion();
  const late = group.assigned([target], notBegun);
  await group.revoked?.([target]);
  await group.assigned([target], notBegun);
  await batch(0, 3);
  await world.until('the first range', () => world.clickhouse.blocks.length === 1);
  slow.open();
  expect([...(await late)]).toEqual([]);
  await batch(3, 2);
  await world.until('the second range', () => world.clickhouse.blocks.length === 2);
  expect(world.clickhouse.blocks.map(({ token }) => token)).toEqual([
    'token.views.v1:0:0-3',
    'token.views.v1:0:3-5',
  ]);
  await member.stop();
});
