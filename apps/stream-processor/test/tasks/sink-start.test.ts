import { type GroupConsumer, topicSpecs } from '@trending/kafka';
import { createInMemoryLog } from '@trending/kafka/testing';
import { AppError, createLogger } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import type { RowSink } from '../../src/tasks/sink-ports.ts';
import { sinkStartOf } from '../../src/tasks/sink-start.ts';

const topic = topics.views.name;
const target = { topic, partition: 0 };

/** A partition with three views left of ten, whose group has committed this. */
async function sourcesAfter(committed: { readonly offset: number; readonly metadata: string }) {
  const log = createInMemoryLog({
    topics: topicSpecs({ prefix: '', viewPartitions: 1 }),
    clock: new ManualClock(),
  });
  const records = Array.from({ length: 10 }, () => ({ key: 'eth:0xaa', value: null }));
  await log.append(target, records);
  log.truncateBefore(target, 7);
  return {
    ...{ log, sink: {} as RowSink, group: 'eu.clickhouse-sink' },
    consumer: { committed: async () => committed } as unknown as GroupConsumer,
    logger: createLogger({ service: 'test', level: 'silent' }),
    ...{ delay: async () => undefined, isCurrent: () => true },
  };
}

const open = { offset: 4, metadata: '{"v":1,"pend":6}' };

function unavailable(): AppError {
  return new AppError({ code: 'CLICKHOUSE_UNAVAILABLE', message: 'timeout', retriable: true });
}

test('a log that ends before what was committed is refused, and the message names the group whose offsets to delete', async () => {
  const sources = await sourcesAfter({ offset: 15, metadata: '' });
  await expect(sinkStartOf(target, topics.views, sources)).rejects.toMatchObject({
    code: 'INPUT_GAP',
    message: expect.stringContaining(
      'the offsets that group eu.clickhouse-sink holds of this topic',
    ),
  });
});

test('where retention overtook an open range ClickHouse is asked what it holds, again and again until it answers', async () => {
  const sources = await sourcesAfter(open);
  let questions = 0;
  const newestViewOffset = async () => {
    questions += 1;
    if (questions < 30) throw unavailable();
    return 5;
  };
  const sink = { newestViewOffset } as unknown as RowSink;
  expect(await sinkStartOf(target, topics.views, { ...sources, sink })).toEqual({
    offset: 7,
    gap: 1,
  });
  expect(questions).toBe(30);
});

test('nobody asks on for a partition that was taken away, and what cannot pass is not asked twice', async () => {
  const sources = await sourcesAfter(open);
  let isOurs = true;
  const leaving = async () => {
    isOurs = false;
    throw unavailable();
  };
  const sink = { newestViewOffset: leaving } as unknown as RowSink;
  const isCurrent = () => isOurs;
  await sinkStartOf(target, topics.views, { ...sources, sink, isCurrent });
  const broken = { newestViewOffset: () => Promise.reject(new TypeError('a bug')) };
  const wrong = { ...sources, sink: broken as unknown as RowSink };
  await expect(sinkStartOf(target, topics.views, wrong)).rejects.toThrow('a bug');
});
