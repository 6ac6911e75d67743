import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IdempotentProducer } from '../src/kafka-producer.ts';
import type { SendReceipt } from '../src/lane-producer.ts';
import type { LaneBatch } from '../src/lane-queue.ts';
import { createFakeCluster, type Produced, type Treatment } from './support/fake-cluster.ts';

const notLeader = 6;
const outOfOrder = 45;
const tooLarge = 10;

function batchOf(partition: number, ...keys: string[]): LaneBatch {
  const records = keys.map((key) => ({ key, value: null, timestamp: 1 }));
  return { target: { topic: 't', partition }, chunks: [], records, bytes: 10, enqueuedAtMs: 0 };
}

async function producerOn(treat: (produced: Produced, request: number) => Treatment) {
  const fake = createFakeCluster(treat);
  const producer = new IdempotentProducer(fake.cluster, (ms) => sleep(ms / 50));
  await producer.connect();
  /** Receipts as they came, retries hurried along. */
  const send = async (...batches: LaneBatch[]): Promise<SendReceipt[]> => {
    const receipts: SendReceipt[] = [];
    const sending = producer.send(batches, (more) => receipts.push(...more));
    await vi.advanceTimersByTimeAsync(60_000);
    await sending;
    return receipts;
  };
  const outcomes = async (...batches: LaneBatch[]) =>
    (await send(...batches))
      .map(({ partition, errorCode, baseOffset }) => [partition, errorCode, baseOffset])
      .sort();
  return { ...fake, producer, send, outcomes };
}

describe('the idempotent producer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('sends each leader one request with all its partitions', async () => {
    const { seen, outcomes } = await producerOn(() => 0);
    expect(await outcomes(batchOf(0, 'a'), batchOf(1, 'b'), batchOf(2, 'c'))).toEqual([
      [0, 0, '0'],
      [1, 0, '0'],
      [2, 0, '0'],
    ]);
    expect(seen.map(({ node, partition }) => [node, partition])).toEqual([
      [1, 0],
      [1, 2],
      [2, 1],
    ]);
  });

  test('packs large batches, but not of records that are dense already', async () => {
    const { seen, outcomes } = await producerOn(() => 0);
    const value = new Uint8Array(100_000);
    const large = (...isDense: boolean[]): LaneBatch => ({
      ...batchOf(0),
      records: isDense.map((dense) => ({ key: 'a', value, timestamp: 1, isDense: dense })),
      bytes: 100_000 * isDense.length,
    });
    await outcomes(large(true));
    await outcomes(large(true, false));
    await outcomes(large(false));
    const sizes = seen.map(({ batch }) => batch.length / 2);
    expect(sizes.map((size) => size > 100_000)).toEqual([true, false, false]);
  });

  test('numbers the records of every partition by itself, over all sends', async () => {
    const { seen, outcomes } = await producerOn(() => 0);
    await outcomes(batchOf(0, 'a', 'b'), batchOf(2, 'c'));
    await outcomes(batchOf(0, 'd'), batchOf(2, 'e'));
    expect(seen.map(({ partition, firstSequence }) => [partition, firstSequence])).toEqual([
      [0, 0],
      [2, 0],
      [0, 2],
      [2, 1],
    ]);
  });

  test('a lost answer: the same bytes again, so that the broker can tell the repeat', async () => {
    const { seen, outcomes } = await producerOn((_, request) => (request === 1 ? 'lost' : 0));
    expect(await outcomes(batchOf(0, 'a'))).toEqual([[0, 0, '0']]);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('a moved leader: only that partition is sent again, to the new one', async () => {
    const fake = await producerOn(({ node, partition }) => {
      if (partition !== 2 || node === 2) return 0;
      fake.leaders.set(2, 2);
      return notLeader;
    });
    const moving = fake.send(batchOf(0, 'a'), batchOf(2, 'b'), batchOf(1, 'c'));
    expect((await moving).map(({ errorCode }) => errorCode)).toEqual([0, 0, 0]);
    expect(fake.seen.map(({ node, partition }) => [node, partition])).toEqual([
      [1, 0],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(fake.refreshes()).toBe(1);
  });

  test('the others are answered before a partition is tried again', async () => {
    const { producer } = await producerOn(({ partition }) => (partition === 2 ? notLeader : 0));
    const receipts: number[] = [];
    const sending = producer.send([batchOf(0, 'a'), batchOf(2, 'b')], (more) =>
      receipts.push(...more.map(({ partition }) => partition)),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(receipts).toEqual([0]);
    await vi.advanceTimersByTimeAsync(60_000);
    await sending;
    expect(receipts).toEqual([0, 2]);
  });

  test('gives a partition up after six tries, with the reason', async () => {
    const { seen, send } = await producerOn(() => notLeader);
    const [receipt] = await send(batchOf(0, 'a'));
    expect(receipt).toMatchObject({ partition: 0, errorCode: -1 });
    expect(receipt?.error).toMatchObject({ type: 'NOT_LEADER_FOR_PARTITION' });
    expect(seen).toHaveLength(6);
  });

  test.each([
    [tooLarge, false],
    [outOfOrder, true],
  ])('error %i is final at once; worth another producer: %s', async (code, retriable) => {
    const { seen, send } = await producerOn(({ partition }) => (partition === 2 ? code : 0));
    const receipts = await send(batchOf(0, 'a'), batchOf(2, 'b'));
    expect(receipts.map(({ errorCode }) => errorCode)).toEqual([0, code]);
    expect(receipts[1]?.error).toMatchObject({ retriable });
    expect(seen).toHaveLength(2);
  });

  test('a partition the answer does not mention stays without a receipt', async () => {
    const { outcomes } = await producerOn(({ partition }) => (partition === 2 ? 'unmentioned' : 0));
    expect(await outcomes(batchOf(0, 'a'), batchOf(2, 'b'))).toEqual([[0, 0, '0']]);
  });

  test('a partition that is not there fails alone', async () => {
    const { send } = await producerOn(() => 0);
    const receipts = await send(batchOf(9, 'a'), batchOf(0, 'b'));
    expect(receipts.map(({ partition, errorCode }) => [partition, errorCode])).toEqual([
      [0, 0],
      [9, -1],
    ]);
  });

  test('once disconnected it tries nothing again', async () => {
    const { producer, seen } = await producerOn(() => notLeader);
    const sending = producer.send([batchOf(0, 'a')], () => undefined);
    await vi.advanceTimersByTimeAsync(0);
    await producer.disconnect();
    await vi.advanceTimersByTimeAsync(60_000);
    await sending;
    expect(seen).toHaveLength(1);
  });
});
