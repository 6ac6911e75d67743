import { type GroupConsumer, topicSpecs } from '@trending/kafka';
import { createInMemoryLog } from '@trending/kafka/testing';
import { ManualClock } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import type { RowSink } from '../../src/tasks/sink-ports.ts';
import { sinkStartOf } from '../../src/tasks/sink-start.ts';

test('a log that ends before what was committed is refused, and the message names the group whose offsets to delete', async () => {
  const topic = topics.views.name;
  const log = createInMemoryLog({
    topics: topicSpecs({ prefix: '', viewPartitions: 1 }),
    clock: new ManualClock(),
  });
  const sink = {} as RowSink;
  const consumer = {
    committed: async () => ({ offset: 5, metadata: '' }),
  } as unknown as GroupConsumer;
  const sources = { log, sink, consumer, group: 'eu.clickhouse-sink' };
  await expect(sinkStartOf({ topic, partition: 0 }, topics.views, sources)).rejects.toMatchObject({
    code: 'INPUT_GAP',
    message: expect.stringContaining(
      'the offsets that group eu.clickhouse-sink holds of this topic',
    ),
  });
});
