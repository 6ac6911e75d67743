import { createLatch, until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConsumedRecord,
  type FollowOptions,
  type GroupConsumer,
  type GroupHandlers,
  type Log,
  type ProducedRecord,
  partitionKey,
  type RunGroupOptions,
  type StartPosition,
  type TopicPartition,
} from '../../src/index.ts';

export interface LogUnderTest {
  readonly log: Log;
  /** Prefix of topic and group names, new for every run. */
  readonly prefix: string;
  /** Makes a second client of the same log, as another process would. */
  another(): Log;
  /** Retention: everything below `offset` goes. */
  truncateBefore(target: TopicPartition, offset: number): Promise<void>;
  close(): Promise<void>;
}

const text = (bytes: Uint8Array | null) =>
  bytes === null ? null : Buffer.from(bytes).toString('utf8');
const record = (key: string, value: string | null): ProducedRecord => ({
  key,
  value: value === null ? null : Buffer.from(value),
});
const values = (...names: string[]) => names.map((name) => record(name, name));

/** What every implementation of the port must do. */
export function logContract(name: string, create: () => Promise<LogUnderTest>): void {
  describe(`the log port on ${name}`, () => {
    let subject: LogUnderTest;
    let log: Log;
    let topics = 0;

    beforeAll(async () => {
      subject = await create();
      log = subject.log;
    });
    afterAll(() => subject.close());

    async function topicOf(partitions: number, config: Record<string, string> = {}) {
      topics += 1;
      const topic = `${subject.prefix}contract-${topics}`;
      await log.ensureTopics([
        { name: topic, partitions, config: { 'cleanup.policy': 'delete', ...config } },
      ]);
      return topic;
    }

    /** A member that remembers what it got and starts every partition at `start`. */
    async function member(
      topic: string,
      options: Partial<RunGroupOptions> & { start?: StartPosition; on?: Log } = {},
    ) {
      const seen: ConsumedRecord[] = [];
      const errors: Error[] = [];
      const waiting: { count: number; open: () => void }[] = [];
      const handlers: GroupHandlers = {
        assigned: async (partitions) =>
          new Map(partitions.map((p) => [partitionKey(p), options.start ?? 'committed'])),
        batch: async ({ records }) => {
          seen.push(...records);
          for (const wait of waiting) if (seen.length >= wait.count) wait.open();
        },
      };
      const consumer = await (options.on ?? log).runGroup({
        groupId: `${topic}-group`,
        topics: [topic],
        crashed: (error) => errors.push(error),
        ...handlers,
        ...options,
      });
      const has = (count: number) => {
        const latch = createLatch();
        waiting.push({ count, open: () => latch.open() });
        if (seen.length >= count) latch.open();
        return latch.opened;
      };
      return { consumer, seen, errors, has };
    }

    async function readAll(topic: string, range: { from: number; to: number }, partition = 0) {
      const found: ConsumedRecord[] = [];
      for await (const batch of log.read({ topic, partition }, range)) {
        expect(batch.records.length).toBeGreaterThan(0);
        found.push(...batch.records);
      }
      return found;
    }

    test('appended records get dense offsets and come back byte for byte', async () => {
      const topic = await topicOf(2);
      const at = { topic, partition: 1 };
      expect(await log.append(at, values('a', 'b'))).toBe(0);
      const headers = { 'x-reason': 'because é' };
      expect(
        await log.append(at, [
          { key: Buffer.from([0, 255]), value: null, timestamp: 1_700_000_000_123, headers },
          { key: null, value: Buffer.from([7]) },
        ]),
      ).toBe(2);
      const found = await readAll(topic, { from: 0, to: 4 }, 1);
      expect(found.map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
      expect(found.map(({ partition }) => partition)).toEqual([1, 1, 1, 1]);
      expect(text(found[1]?.value ?? null)).toBe('b');
      expect(Buffer.from(found[2]?.key ?? [])).toEqual(Buffer.from([0, 255]));
      expect(found[2]?.value).toBeNull();
      expect(found[2]?.timestamp).toBe(1_700_000_000_123);
      expect(Buffer.from(found[2]?.headers['x-reason'] ?? '').toString()).toBe('because é');
      expect(found[3]?.key).toBeNull();
    });

    test('concurrent appends to one partition keep their order', async () => {
      const topic = await topicOf(1);
      const names = Array.from({ length: 50 }, (_, i) => `r${i}`);
      const bases = await Promise.all(
        names.map((name) => log.append({ topic, partition: 0 }, values(name))),
      );
      expect(bases).toEqual(names.map((_, i) => i));
      const found = await readAll(topic, { from: 0, to: 50 });
      expect(found.map(({ key }) => text(key))).toEqual(names);
    });

    test('one append larger than any batch limit stays in order', async () => {
      const topic = await topicOf(1);
      const names = Array.from({ length: 2_500 }, (_, i) => `n${i}`);
      expect(await log.append({ topic, partition: 0 }, values(...names))).toBe(0);
      const found = await readAll(topic, { from: 0, to: 2_500 });
      expect(found.map(({ key }) => text(key))).toEqual(names);
    });

    test('reading a range gives exactly that range', async () => {
      const topic = await topicOf(1);
      await log.append({ topic, partition: 0 }, values('a', 'b', 'c', 'd', 'e'));
      const found = await readAll(topic, { from: 1, to: 4 });
      expect(found.map(({ key }) => text(key))).toEqual(['b', 'c', 'd']);
      expect(await readAll(topic, { from: 2, to: 2 })).toEqual([]);
    });

    test('offsets: start, end, by time, partition count', async () => {
      const topic = await topicOf(3);
      const at = { topic, partition: 0 };
      await log.append(at, [{ ...values('a')[0]!, timestamp: 1_700_000_001_000 }]);
      await log.append(at, [{ ...values('b')[0]!, timestamp: 1_700_000_002_000 }]);
      expect(await log.partitionCount(topic)).toBe(3);
      expect(await log.startOffsets(topic)).toEqual(
        new Map([
          [0, 0],
          [1, 0],
          [2, 0],
        ]),
      );
      expect((await log.endOffsets(topic)).get(0)).toBe(2);
      const offsetAt = async (time: number) => (await log.offsetsForTime(topic, time)).get(0);
      expect(await offsetAt(1_700_000_001_000)).toBe(0);
      expect(await offsetAt(1_700_000_001_001)).toBe(1);
      expect(await offsetAt(1_700_000_009_000)).toBe(2);
      expect((await log.offsetsForTime(topic, 1)).get(2)).toBe(0);
    });

    test('a missing topic is named, and does not spoil later calls', async () => {
      const topic = await topicOf(1);
      const missing = `${subject.prefix}no-such-topic`;
      await expect(log.append({ topic: missing, partition: 0 }, values('a'))).rejects.toMatchObject(
        { code: 'TOPIC_MISSING', retriable: false },
      );
      await expect(log.partitionCount(missing)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
      await expect(log.endOffsets(missing)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
      expect(await log.append({ topic, partition: 0 }, values('a'))).toBe(0);
      expect((await log.endOffsets(topic)).get(0)).toBe(1);
    });

    test('topics are settled twice alike, but never get another partition count', async () => {
      const topic = await topicOf(2);
      const spec = { name: topic, partitions: 2, config: { 'cleanup.policy': 'compact' } };
      await log.ensureTopics([spec]);
      await log.ensureTopics([spec]);
      await expect(log.ensureTopics([{ ...spec, partitions: 3 }])).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
      expect(await log.partitionCount(topic)).toBe(2);
    });

    test('a member reads everything from the beginning, then what comes', async () => {
      const topic = await topicOf(2);
      await log.append({ topic, partition: 0 }, values('a', 'b'));
      const { consumer, seen, has } = await member(topic);
      await has(2);
      await log.append({ topic, partition: 1 }, values('c'));
      await has(3);
      expect(seen.map(({ key }) => text(key)).sort()).toEqual(['a', 'b', 'c']);
      await consumer.stop();
    });

    test('a member starts where it is told: an offset, the end', async () => {
      const topic = await topicOf(1);
      const at = { topic, partition: 0 };
      await log.append(at, values('a', 'b', 'c'));
      const two = await member(topic, { start: 2, groupId: `${topic}-two` });
      await two.has(1);
      const end = await member(topic, { start: 'end', groupId: `${topic}-end` });
      // "The end" is where the log ends once the member has its partition: append until it sees one.
      await until({ timeoutMs: 10_000, what: 'a record at the end' }, async () => {
        await log.append(at, values('d'));
        return end.seen.length > 0 ? true : undefined;
      });
      await two.has(2);
      expect(two.seen.slice(0, 2).map(({ offset }) => offset)).toEqual([2, 3]);
      expect(end.seen[0]?.offset).toBeGreaterThanOrEqual(3);
      await Promise.all([two.consumer.stop(), end.consumer.stop()]);
    });

    test('nothing is delivered before the positions are given', async () => {
      const topic = await topicOf(1);
      await log.append({ topic, partition: 0 }, values('a', 'b'));
      const asked = createLatch<readonly TopicPartition[]>();
      const answer = createLatch<ReadonlyMap<string, StartPosition>>();
      const { consumer, seen, has } = await member(topic, {
        assigned: (partitions) => {
          asked.open(partitions);
          return answer.opened;
        },
      });
      const partitions = await asked.opened;
      expect(partitions).toEqual([{ topic, partition: 0 }]);
      await log.append({ topic, partition: 0 }, values('c'));
      expect(seen).toEqual([]);
      answer.open(new Map([[`${topic}/0`, 1]]));
      await has(2);
      expect(seen.map(({ key }) => text(key))).toEqual(['b', 'c']);
      await consumer.stop();
    });

    test('a partition that is ready before the others is read before them, from where it begins', async () => {
      const topic = await topicOf(2);
      await Promise.all(
        [0, 1].map((partition) => log.append({ topic, partition }, values('a', 'b'))),
      );
      const given = createLatch();
      const { consumer, seen, has } = await member(topic, {
        assigned: async (_share, begin) => {
          begin({ topic, partition: 1 }, 1);
          await given.opened;
          return new Map([[partitionKey({ topic, partition: 0 }), 'beginning' as const]]);
        },
      });
      await has(1);
      await log.append({ topic, partition: 1 }, values('c'));
      await has(2);
      expect(seen.map(({ partition, key }) => [partition, text(key)])).toEqual([
        [1, 'b'],
        [1, 'c'],
      ]);
      given.open();
      await has(4);
      expect(seen.slice(2).map(({ partition, key }) => [partition, text(key)])).toEqual([
        [0, 'a'],
        [0, 'b'],
      ]);
      await consumer.stop();
    });

    test('committed offsets and their metadata survive the member', async () => {
      const topic = await topicOf(2);
      const at = { topic, partition: 1 };
      await log.append(at, values('a', 'b', 'c'));
      const first = await member(topic);
      await first.has(3);
      expect(await first.consumer.committed(at)).toEqual({ offset: -1, metadata: '' });
      await first.consumer.commit(at, 2, '{"v":1,"pend":3}');
      expect(await first.consumer.committed(at)).toEqual({
        offset: 2,
        metadata: '{"v":1,"pend":3}',
      });
      await first.consumer.stop();
      const second = await member(topic);
      await second.has(1);
      expect(second.seen.map(({ offset }) => offset)).toEqual([2]);
      expect(await second.consumer.committed(at)).toEqual({
        offset: 2,
        metadata: '{"v":1,"pend":3}',
      });
      await second.consumer.stop();
    });

    test('a paused partition is silent until resumed, others go on', async () => {
      const topic = await topicOf(2);
      const { consumer, seen, has } = await member(topic);
      await log.append({ topic, partition: 0 }, values('first'));
      await has(1);
      consumer.pause([{ topic, partition: 0 }]);
      await log.append({ topic, partition: 0 }, values('held'));
      await log.append({ topic, partition: 1 }, values('free'));
      await has(2);
      expect(seen.map(({ key }) => text(key))).toEqual(['first', 'free']);
      consumer.resume([{ topic, partition: 0 }]);
      await has(3);
      expect(text(seen[2]?.key ?? null)).toBe('held');
      await consumer.stop();
    });

    test('seek goes back and reads again', async () => {
      const topic = await topicOf(1);
      const at = { topic, partition: 0 };
      await log.append(at, values('a', 'b', 'c'));
      const { consumer, seen, has } = await member(topic);
      await has(3);
      consumer.seek(at, 1);
      await has(5);
      expect(seen.map(({ offset }) => offset)).toEqual([0, 1, 2, 1, 2]);
      await consumer.stop();
    });

    test('a second member takes a share; after it leaves, all comes back', async () => {
      const topic = await topicOf(4);
      const events: string[] = [];
      const shares: (readonly TopicPartition[])[] = [];
      let reassigned = createLatch();
      const watch = (share: readonly TopicPartition[]) => {
        events.push('assigned');
        shares.push(share);
        reassigned.open();
        return Promise.resolve(new Map());
      };
      const first = await member(topic, {
        assigned: watch,
        revoked: async (lost) => {
          events.push(`revoked ${lost.length}`);
        },
      });
      await reassigned.opened;
      expect(shares.at(-1)).toHaveLength(4);
      expect(await subject.another().shareOf(`${topic}-nobody`, topic)).toHaveLength(4);
      reassigned = createLatch();
      const other = subject.another();
      const expected = await other.shareOf(`${topic}-group`, topic);
      const second = await member(topic, { on: other });
      await reassigned.opened;
      expect(shares.at(-1)).toHaveLength(2);
      expect(expected.toSorted()).toEqual(
        [0, 1, 2, 3].filter((n) => !shares.at(-1)?.some(({ partition }) => partition === n)),
      );
      const kept = new Set(shares.at(-1)?.map(({ partition }) => partition));
      await Promise.all(
        [0, 1, 2, 3].map((partition) => log.append({ topic, partition }, values(`p${partition}`))),
      );
      await Promise.all([first.has(2), second.has(2)]);
      expect(new Set(first.seen.map(({ partition }) => partition))).toEqual(kept);
      expect(second.seen.every(({ partition }) => !kept.has(partition))).toBe(true);
      const lost = [...second.seen].map(({ partition }) => partition)[0]!;
      await expect(first.consumer.commit({ topic, partition: lost }, 1)).rejects.toMatchObject({
        code: 'APPEND_FAILED',
      });
      reassigned = createLatch();
      await second.consumer.stop();
      await reassigned.opened;
      expect(shares.at(-1)).toHaveLength(4);
      expect(events).toEqual(['assigned', 'revoked 4', 'assigned', 'revoked 2', 'assigned']);
      await first.consumer.stop();
      expect(events.at(-1)).toBe('revoked 4');
      await other.close();
    });

    test('a batch that spans a reassignment is no longer current', async () => {
      const topic = await topicOf(1);
      const inBatch = createLatch<() => boolean>();
      const goOn = createLatch();
      const ended = createLatch();
      const { consumer } = await member(topic, {
        batch: async (_, { isCurrent }) => {
          inBatch.open(isCurrent);
          await goOn.opened;
          ended.open();
        },
      });
      await log.append({ topic, partition: 0 }, values('a'));
      const isCurrent = await inBatch.opened;
      expect(isCurrent()).toBe(true);
      const stopped = consumer.stop();
      goOn.open();
      await stopped;
      await ended.opened;
      expect(isCurrent()).toBe(false);
    });

    test('a failing handler is fatal for the member and reported once', async () => {
      const topic = await topicOf(1);
      const crashed = createLatch<Error>();
      let crashes = 0;
      const { consumer } = await member(topic, {
        batch: () => Promise.reject(new Error('boom')),
        crashed: (error) => {
          crashes += 1;
          crashed.open(error);
        },
      });
      await log.append({ topic, partition: 0 }, values('a'));
      expect((await crashed.opened).message).toContain('boom');
      await consumer.stop();
      expect(crashes).toBe(1);
    });

    test('records removed before they were read are a gap, not a silent jump', async () => {
      const topic = await topicOf(1);
      const at = { topic, partition: 0 };
      await log.append(at, values('a', 'b', 'c'));
      await subject.truncateBefore(at, 2);
      expect((await log.startOffsets(topic)).get(0)).toBe(2);
      const crashed = createLatch<Error>();
      const { seen } = await member(topic, { start: 1, crashed: (error) => crashed.open(error) });
      expect(await crashed.opened).toMatchObject({ code: 'INPUT_GAP', retriable: false });
      expect(seen).toEqual([]);
      await expect(readAll(topic, { from: 0, to: 3 })).rejects.toMatchObject({ code: 'INPUT_GAP' });
    });

    const followed = (isSo: () => boolean) =>
      until({ what: 'records followed', timeoutMs: 10_000 }, () => (isSo() ? true : undefined));

    /** A follower that remembers what it got. */
    async function follower(topic: string, options: Partial<FollowOptions> & { on?: Log } = {}) {
      const seen: (string | null)[] = [];
      const crashed = createLatch<Error>();
      const reader = await (options.on ?? log).follow(
        { topic, partition: 0 },
        {
          from: 'beginning',
          batch: async ({ records }) => void seen.push(...records.map(({ value }) => text(value))),
          crashed: (error) => crashed.open(error),
          ...options,
        },
      );
      return { reader, seen, crashed };
    }

    test('a follower gets what is there and what comes, in order, and nothing once stopped', async () => {
      const topic = await topicOf(2);
      const at = { topic, partition: 0 };
      await log.append(at, values('a', 'b'));
      await log.append({ topic, partition: 1 }, values('other'));
      const first = await follower(topic);
      const second = await follower(topic, { from: 1, on: subject.another() });
      await followed(() => first.seen.length === 2 && second.seen.length === 1);
      await log.append(at, values('c'));
      await followed(() => first.seen.length === 3 && second.seen.length === 2);
      await first.reader.stop();
      await first.reader.stop();
      await log.append(at, values('d'));
      await followed(() => second.seen.length === 3);
      expect(first.seen).toEqual(['a', 'b', 'c']);
      expect(second.seen).toEqual(['b', 'c', 'd']);
      await second.reader.stop();
    });

    test('a follower handles one batch at a time, and stopping waits for it', async () => {
      const topic = await topicOf(1);
      const at = { topic, partition: 0 };
      const release = createLatch();
      let running = 0;
      let most = 0;
      const { reader } = await follower(topic, {
        batch: async () => {
          running += 1;
          most = Math.max(most, running);
          await release.opened;
          running -= 1;
        },
      });
      await log.append(at, values('a'));
      await followed(() => running === 1);
      await log.append(at, values('b'));
      const stopped = reader.stop();
      release.open();
      await stopped;
      expect([running, most]).toEqual([0, 1]);
    });

    test('a follower whose next record was removed crashes with a gap, one whose batch fails with its error', async () => {
      const topic = await topicOf(1);
      const at = { topic, partition: 0 };
      await log.append(at, values('a', 'b', 'c'));
      await subject.truncateBefore(at, 2);
      const behind = await follower(topic, { from: 1 });
      expect(await behind.crashed.opened).toMatchObject({ code: 'INPUT_GAP', retriable: false });
      const whole = await follower(topic);
      await followed(() => whole.seen.length === 1);
      const failing = await follower(topic, { batch: () => Promise.reject(new Error('boom')) });
      expect((await failing.crashed.opened).message).toContain('boom');
      expect(whole.seen).toEqual(['c']);
      for (const { reader } of [behind, whole, failing]) await reader.stop();
    });

    test('a closed member and a closed log stay closed, twice too', async () => {
      const topic = await topicOf(1);
      const other = subject.another();
      const { consumer } = await member(topic, { on: other });
      await stopTwice(consumer);
      await other.close();
      await other.close();
    });
  });
}

async function stopTwice(consumer: GroupConsumer): Promise<void> {
  await consumer.stop();
  await consumer.stop();
}
