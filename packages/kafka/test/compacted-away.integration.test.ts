import { randomBytes } from 'node:crypto';
import { createLatch, until } from '@trending/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsumedRecord, Log } from '../src/index.ts';
import { deleteTopics, freshPrefix, openLog } from './support/broker.ts';

const prefix = freshPrefix();
const topic = `${prefix}compacted`;
const at = { topic, partition: 0 };
/** Two of them do not fit the smallest segment, 1 MiB. */
const large = randomBytes(900_000);
const config = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(1024 * 1024),
  'segment.ms': '100',
  'min.cleanable.dirty.ratio': '0.001',
  'min.compaction.lag.ms': '0',
};

let log: Log;
let other: Log;

beforeAll(async () => {
  [log, other] = [openLog('compacted'), openLog('compacted-other')];
  await log.ensureTopics([{ name: topic, partitions: 1, config }]);
});
afterAll(async () => {
  await Promise.all([log.close(), other.close()]);
  await deleteTopics(prefix);
});

test('segments of which compaction left only the heads of batches are passed over', async () => {
  // One producer's only batch, then another's, of the same key, in segments of their own.
  const append = async (by: Log, value: Buffer) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await by.append(at, [{ key: 'k', value }]);
  };
  await append(log, Buffer.from('first'));
  await append(other, large);
  await append(other, large);
  await append(other, Buffer.from('last'));
  await append(other, Buffer.from('last of all'));

  const all = async (): Promise<ConsumedRecord[]> => {
    const records: ConsumedRecord[] = [];
    const range = { from: 0, to: (await log.endOffsets(topic)).get(0) ?? 0 };
    for await (const batch of log.read(at, range)) records.push(...batch.records);
    return records;
  };
  const offsets = await until({ timeoutMs: 60_000, everyMs: 250, what: 'compaction' }, async () => {
    const found = (await all()).map(({ offset }) => offset);
    return (found[0] ?? 0) > 1 ? found : undefined;
  });
  expect(offsets.at(-1)).toBe(4);
  expect((await log.startOffsets(topic)).get(0)).toBe(0);

  const told = createLatch<readonly ConsumedRecord[]>();
  const crashed = createLatch<Error>();
  const follower = await log.follow(at, {
    from: 'beginning',
    batch: async ({ records }) => {
      if (records.length > 0) told.open(records);
    },
    crashed: crashed.open,
  });
  const heard = await Promise.race([told.opened, crashed.opened]);
  await follower.stop();
  expect(heard).toEqual(expect.arrayContaining([expect.objectContaining({ offset: offsets[0] })]));
});
