import { createLatch, until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Log, partitionKey, partitionOf, type RecordBatch } from '../src/index.ts';
import { bareKafka, deleteTopics, freshPrefix, openLog } from './support/broker.ts';

const value = Buffer.from('v');

describe('the log on a real broker, beyond the port', () => {
  const prefix = freshPrefix();
  let log: Log;

  beforeAll(() => {
    log = openLog('beyond');
  });
  afterAll(async () => {
    await log.close();
    await deleteTopics(prefix);
  });

  async function topicOf(name: string, config: Record<string, string> = {}) {
    const topic = `${prefix}${name}`;
    await log.ensureTopics([{ name: topic, partitions: 1, config }]);
    return topic;
  }

  /**
   * One committed and one aborted transaction: control records make holes, also at the very end. A broker answers before it has written
   * the last of them, so they are waited for: what comes next stands behind them.
   */
  async function writeTransactions(topic: string) {
    const endOf = async () => (await log.endOffsets(topic)).get(0) ?? 0;
    const end = (await endOf()) + 4;
    const producer = bareKafka().producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    for (const outcome of ['commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: outcome, value, partition: 0 }] });
      await transaction[outcome]();
    }
    await producer.disconnect();
    await until({ timeoutMs: 10_000, everyMs: 20, what: 'both control records' }, async () =>
      (await endOf()) >= end ? true : undefined,
    );
  }

  test('records are deleted also by a client that asked nothing before', async () => {
    const topic = await topicOf('deleted');
    await log.append({ topic, partition: 0 }, [
      { key: 'a', value },
      { key: 'b', value },
    ]);
    const fresh = openLog('deletes-first');
    await fresh.deleteBefore({ topic, partition: 0 }, 1);
    await fresh.close();
    expect((await log.startOffsets(topic)).get(0)).toBe(1);
  });

  test('a read ends at the high watermark although control records stand there', async () => {
    const topic = await topicOf('transactions');
    await writeTransactions(topic);
    const to = (await log.endOffsets(topic)).get(0) ?? 0;
    expect(to).toBe(4);
    const offsets: number[] = [];
    for await (const { records } of log.read({ topic, partition: 0 }, { from: 0, to })) {
      offsets.push(...records.map(({ offset }) => offset));
    }
    expect(offsets).toEqual([0, 2]);
    const tail: unknown[] = [];
    for await (const batch of log.read({ topic, partition: 0 }, { from: 3, to })) tail.push(batch);
    expect(tail).toEqual([]);
  });

  test('control records of a foreign publisher are no gap for a member', async () => {
    const topic = await topicOf('control-records');
    await writeTransactions(topic);
    const seen: number[] = [];
    const all = createLatch();
    const crashed = createLatch<Error>();
    const consumer = await log.runGroup({
      groupId: topic,
      topics: [topic],
      crashed: (error) => crashed.open(error),
      assigned: async (own) => new Map(own.map((p) => [partitionKey(p), 'beginning'])),
      batch: async ({ records }) => {
        seen.push(...records.map(({ offset }) => offset));
        if (seen.includes(4)) all.open();
      },
    });
    await log.append({ topic, partition: 0 }, [{ key: 'after', value }]);
    await Promise.race([all.opened, crashed.opened.then((error) => Promise.reject(error))]);
    expect(seen).toEqual([0, 2, 4]);
    await consumer.stop();
  });

  test('a reader and a member that ask for markers get every offset, at the very end too', async () => {
    const topic = await topicOf('markers');
    const found = (records: RecordBatch['records']) =>
      records.map(({ offset, isMarker = false }) => [offset, isMarker]);
    const seen: unknown[] = [];
    const all = createLatch();
    const crashed = createLatch<Error>();
    const consumer = await log.runGroup({
      groupId: topic,
      topics: [topic],
      withMarkers: true,
      crashed: (error) => crashed.open(error),
      assigned: async (own) => new Map(own.map((p) => [partitionKey(p), 'beginning'])),
      batch: async ({ records }) => {
        seen.push(...found(records));
        if (seen.length >= 9) all.open();
      },
    });
    await writeTransactions(topic);
    await log.append({ topic, partition: 0 }, [{ key: 'between', value }]);
    await writeTransactions(topic);
    await Promise.race([all.opened, crashed.opened.then((error) => Promise.reject(error))]);
    const expected = [false, true, false, true, false, false, true, false, true];
    expect(seen).toEqual(expected.map((isMarker, offset) => [offset, isMarker]));
    await consumer.stop();
    const read: unknown[] = [];
    const range = { from: 0, to: 9, withMarkers: true };
    for await (const { records } of log.read({ topic, partition: 0 }, range))
      read.push(...found(records));
    expect(read).toEqual(seen);
  });

  test('a record above the size limit is refused for good', async () => {
    const topic = await topicOf('small', { 'max.message.bytes': '10000' });
    const large = { key: 'k', value: Buffer.from(Array.from({ length: 60_000 }, Math.random)) };
    await expect(log.append({ topic, partition: 0 }, [large])).rejects.toMatchObject({
      code: 'APPEND_FAILED',
      retriable: false,
    });
    expect(await log.append({ topic, partition: 0 }, [{ key: 'k', value }])).toBe(0);
  });

  test('of partitions that share a send, the refused one takes none with it', async () => {
    const topic = `${prefix}shared`;
    const config = { 'max.message.bytes': '10000' };
    await log.ensureTopics([{ name: topic, partitions: 12, config }]);
    const bytes = (size: number) => Buffer.from(Array.from({ length: size }, Math.random));
    for (const round of [0, 1]) {
      const calls = Array.from({ length: 12 }, (_, partition) =>
        log.append({ topic, partition }, [
          { key: 'k', value: bytes(partition === 6 ? 60_000 : 9) },
        ]),
      );
      const results = await Promise.allSettled(calls);
      expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
        results.map((_, partition) => partition !== 6),
      );
      for (const result of results)
        if (result.status === 'fulfilled') expect(result.value).toBe(round);
    }
    const ends = await log.endOffsets(topic);
    expect([...ends.values()].toSorted((a, b) => a - b)).toEqual([0, ...Array(11).fill(2)]);
  });

  test('records of 5 MB go through, between small ones', async () => {
    const topic = await topicOf('large', { 'max.message.bytes': String(8 * 1024 * 1024) });
    const large = { key: 'large', value: Buffer.alloc(5_000_000, 'x') };
    const small = { key: 'small', value };
    const at = { topic, partition: 0 };
    expect(
      await Promise.all([
        log.append(at, [small]),
        log.append(at, [large]),
        log.append(at, [small]),
      ]),
    ).toEqual([0, 1, 2]);
    const sizes: (number | undefined)[] = [];
    for await (const { records } of log.read(at, { from: 0, to: 3 })) {
      sizes.push(...records.map((record) => record.value?.length));
    }
    expect(sizes).toEqual([1, 5_000_000, 1]);
  });

  test('our partitioner agrees with a foreign client that uses the default one', async () => {
    const topic = `${prefix}partitioned`;
    await log.ensureTopics([{ name: topic, partitions: 12, config: {} }]);
    const producer = bareKafka().producer();
    await producer.connect();
    const keys = Array.from({ length: 60 }, (_, i) => `eth:0x${(i * 7919).toString(16)}`);
    await producer.send({ topic, messages: keys.map((key) => ({ key, value })) });
    await producer.disconnect();
    for (const [partition, to] of await log.endOffsets(topic)) {
      for await (const { records } of log.read({ topic, partition }, { from: 0, to })) {
        for (const { key } of records) expect(partitionOf(key ?? '', 12)).toBe(partition);
      }
    }
  });

  test('a broker that is not there is named, and can be retried', async () => {
    const { createKafkaLog } = await import('../src/index.ts');
    const { quietLogger: logger } = await import('./support/quiet-logger.ts');
    const away = createKafkaLog({
      brokers: ['127.0.0.1:9'],
      clientId: 'away',
      logger,
      lanes: { deadlineMs: 500 },
    });
    await expect(
      away.append({ topic: 't', partition: 0 }, [{ key: 'a', value }]),
    ).rejects.toMatchObject({ code: 'APPEND_TIMEOUT', retriable: true });
    await expect(away.partitionCount('t')).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      retriable: true,
      message: expect.stringContaining('127.0.0.1:9'),
    });
    await away.close();
  });
});
