import { createInMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { AppError } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import { type Control, topics } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { type GroupConsumer, partitionKey, type RunGroupOptions } from '../src/index.ts';

const compacted = { name: 'c', partitions: 1, config: { 'cleanup.policy': 'compact' } };
const plain = { name: 'p', partitions: 2, config: {} };
const record = (key: string, value = key) => ({ key, value: Buffer.from(value) });

function open() {
  const clock = new ManualClock(1_000);
  const log = createInMemoryLog({ topics: [compacted, plain], clock });
  const seen: string[] = [];
  const join = (over: Partial<RunGroupOptions> = {}): Promise<GroupConsumer> =>
    log.runGroup({
      groupId: 'g',
      topics: ['c'],
      crashed: () => undefined,
      assigned: async (own) => new Map(own.map((p) => [partitionKey(p), 'beginning'])),
      batch: async ({ records }) => {
        seen.push(
          ...records.map(({ key, offset }) => `${Buffer.from(key ?? []).toString()}${offset}`),
        );
      },
      ...over,
    });
  return { log, clock, seen, join };
}

describe('the in-memory log', () => {
  test('after compaction readers see the newest of each key and reach the end', async () => {
    const { log, seen, join } = open();
    for (const key of ['a', 'b', 'a', 'c', 'b'])
      await log.append({ topic: 'c', partition: 0 }, [record(key)]);
    log.compact('c');
    const offsets: number[] = [];
    for await (const batch of log.read({ topic: 'c', partition: 0 }, { from: 0, to: 5 })) {
      offsets.push(...batch.records.map(({ offset }) => offset));
    }
    expect(offsets).toEqual([2, 3, 4]);
    await join();
    await log.settled();
    expect(seen).toEqual(['a2', 'c3', 'b4']);
    expect((await log.endOffsets('c')).get(0)).toBe(5);
  });

  test('an append fails as told: before it lands, or after', async () => {
    const { log } = open();
    const error = new AppError({ code: 'APPEND_TIMEOUT', message: 'x', retriable: true });
    const at = { topic: 'p', partition: 1 };
    log.onAppend(() => ({ error, landed: false }));
    await expect(log.append(at, [record('a')])).rejects.toBe(error);
    log.onAppend(() => ({ error, landed: true }));
    await expect(log.append(at, [record('b')])).rejects.toBe(error);
    log.onAppend(undefined);
    expect(await log.append(at, [record('c')])).toBe(1);
    expect(log.records('p', 1).map(({ key }) => String(key))).toEqual(['b', 'c']);
  });

  test('a killed member hands nothing over, is refused commits, and another takes over', async () => {
    const { log, seen, join } = open();
    const revoked: string[] = [];
    const first = await join({ revoked: async () => void revoked.push('first') });
    await log.settled();
    log.kill(first);
    await join();
    await log.append({ topic: 'c', partition: 0 }, [record('a')]);
    await log.settled();
    expect(seen).toEqual(['a0']);
    expect(revoked).toEqual([]);
    await expect(first.commit({ topic: 'c', partition: 0 }, 1)).rejects.toMatchObject({
      code: 'APPEND_FAILED',
    });
  });

  test('the last commit of a member is taken while it hands over', async () => {
    const { log, join } = open();
    const at = { topic: 'c', partition: 0 };
    const first: GroupConsumer = await join({ revoked: () => first.commit(at, 7, 'last') });
    await log.settled();
    await first.stop();
    const second = await join();
    expect(await second.committed(at)).toEqual({ offset: 7, metadata: 'last' });
  });

  test('a crash is reported once', async () => {
    const { log, join } = open();
    const errors: Error[] = [];
    const member = await join({ crashed: (error) => errors.push(error) });
    log.crash(member, new Error('gone'));
    log.crash(member, new Error('again'));
    expect(errors.map(({ message }) => message)).toEqual(['gone']);
  });

  test('a forced rebalance restores the same partitions under a new epoch', async () => {
    const { log, seen, join } = open();
    await join();
    await log.append({ topic: 'c', partition: 0 }, [record('a')]);
    await log.settled();
    await log.rebalance('g');
    await log.settled();
    expect(seen).toEqual(['a0', 'a0']);
  });

  test('its clock stamps records, unless they bring a time', async () => {
    const { log, clock } = open();
    const at = { topic: 'p', partition: 0 };
    clock.advance(234);
    await log.append(at, [record('a'), { ...record('b'), timestamp: 77 }]);
    expect(log.records('p').map(({ timestamp }) => timestamp)).toEqual([1_234, 77]);
  });

  test('its serde needs no registry and tells bad bytes apart', () => {
    const serde = inMemorySerde<Control>(topics.control);
    const control = {
      kind: 'formula',
      id: 'x',
      version: 1,
      parameters: '{}',
      effectiveFrom: 0,
      author: '',
      reason: '',
    };
    const decoded = serde.decode(serde.encode(control));
    expect(decoded?.ok && { ...decoded.value }).toEqual(control);
    expect(serde.decode(Buffer.from('hello'))).toMatchObject({ reason: 'bad_magic' });
    expect(serde.decode(Buffer.from([0, 0, 0, 0, 9, 1]))).toMatchObject({
      reason: 'unknown_schema',
    });
    expect(serde.decode(Buffer.from([0, 0, 0, 0, 1, 1]))).toMatchObject({ reason: 'avro' });
  });
});
