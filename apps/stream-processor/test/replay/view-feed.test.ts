import { inMemorySerde } from '@trending/kafka/testing';
import { type TokenView, topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import { ViewFeed } from '../../src/replay/view-feed.ts';
import { entriesOf } from '../support/log-fixtures.ts';

const serde = inMemorySerde<TokenView>(topics.views);
const unread = { source: 'web', partnerId: null, country: null, device: null, dwellMs: null };
const plain = { wait: 1_000, age: 0, token: 'eth:0xa', viewer: 1, flags: 0 };

function feedOf(ages: readonly number[]) {
  const entries = entriesOf(ages.map((age, eventId) => ({ ...plain, age, eventId })));
  const records = entries.map(({ record, view }) => ({
    ...record,
    value: serde.encode({ ...view, ...unread }),
  }));
  async function* batches() {
    yield { topic: 'v', partition: 0, records, highWatermark: records.length };
  }
  const feed = new ViewFeed({ partition: 0, from: 0, batches: batches() }, serde);
  return { feed, end: records.at(-1)?.timestamp ?? 0 };
}

test('a view from the far future does not hold up what stands behind it', async () => {
  const { feed, end } = feedOf([0, -400 * 86_400_000, 0, 0]);
  await feed.foldUntil(end, () => undefined);
  expect([feed.folded, feed.headAt]).toEqual([4, undefined]);
});

test('a view that is a little ahead does, until its time has come', async () => {
  const { feed, end } = feedOf([0, -30_000, 0]);
  await feed.foldUntil(end, () => undefined);
  expect([feed.folded, feed.position]).toEqual([1, 1]);
  await feed.foldUntil(end + 60_000, () => undefined);
  expect(feed.folded).toBe(3);
});
