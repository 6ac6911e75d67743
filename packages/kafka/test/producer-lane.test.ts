import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultLaneSettings, type LaneSettings, ProducerLane } from '../src/producer-lane.ts';
import type { ProducedRecord } from '../src/record.ts';
import { createFakeBroker, type SendFate } from './support/fake-producer.ts';

const settings: LaneSettings = { ...defaultLaneSettings, deadlineMs: 1_000, batchRecordsMax: 3 };
const at = (partition: number) => ({ topic: 't', partition });
const record = (key: string, bytes = 1): ProducedRecord => ({ key, value: Buffer.alloc(bytes) });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );

function laneOn(fates: Record<number, SendFate> = {}, over: Partial<LaneSettings> = {}) {
  return laneWhere((send) => fates[send] ?? 'ok', over);
}

function laneWhere(
  fate: (send: number, partition: number) => SendFate,
  over: Partial<LaneSettings> = {},
) {
  const broker = createFakeBroker(fate);
  const lane = new ProducerLane({ ...settings, ...over }, () => broker.createProducer());
  return {
    broker,
    lane,
    keys: (partition: number) => broker.log.get(`t/${partition}`) ?? [],
    /** Partition and number of records of every batch, by send. */
    sent: () =>
      broker.sends.map((send) =>
        send.map(({ target, records }) => [target.partition, records.length]),
      ),
  };
}

describe('a producer lane', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('sends a quiet append at once, without a timer', async () => {
    const { lane, broker } = laneOn();
    expect(await lane.append(at(0), [record('a')])).toBe(0);
    expect(broker.sends).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('appends of one turn share a send, and each gets its own offset', async () => {
    const { lane, sent } = laneOn();
    const bases = await Promise.all(
      ['a', 'b', 'c', 'd'].map((key) => lane.append(at(0), [record(key)])),
    );
    expect(bases).toEqual([0, 1, 2, 3]);
    expect(sent()).toEqual([[[0, 3]], [[0, 1]]]);
  });

  test('a send carries one batch of every partition that waits, the longest waiting first', async () => {
    const { lane, sent } = laneOn();
    const bases = await Promise.all([
      lane.append(at(1), [record('a')]),
      lane.append(at(0), [record('b')]),
      lane.append(at(1), [record('c')]),
    ]);
    expect(bases).toEqual([0, 0, 1]);
    expect(sent()).toEqual([
      [
        [1, 2],
        [0, 1],
      ],
    ]);
  });

  test('a send ends at its byte limit; what stays goes first in the next', async () => {
    const { lane, sent } = laneOn({}, { sendBytesMax: 250 });
    await Promise.all([2, 0, 1].map((partition) => lane.append(at(partition), [record('a', 100)])));
    expect(sent()).toEqual([
      [
        [2, 1],
        [0, 1],
      ],
      [[1, 1]],
    ]);
  });

  test('the same partition of two topics is two partitions', async () => {
    const { lane, broker } = laneOn();
    const other = { topic: 'u', partition: 0 };
    await Promise.all([lane.append(at(0), [record('a')]), lane.append(other, [record('b')])]);
    expect(broker.log).toEqual(
      new Map([
        ['t/0', ['a']],
        ['u/0', ['b']],
      ]),
    );
  });

  test.each(['no-receipt', 'lost-answer', 'refuse'] as const)(
    'a partition that fails (%s) takes no acknowledgement from the others of its send',
    async (fate) => {
      const { lane, broker, keys } = laneWhere((send, p) => (send === 0 && p === 1 ? fate : 'ok'));
      const calls = [0, 1, 2].map((partition) => codeOf(lane.append(at(partition), [record('a')])));
      expect(await Promise.all(calls)).toEqual(['ok', 'APPEND_FAILED', 'ok']);
      expect(broker.sends).toHaveLength(1);
      expect(await lane.append(at(2), [record('b')])).toBe(1);
      expect(broker.producersMade).toBe(2);
      expect(keys(2)).toEqual(['a', 'b']);
    },
  );

  test.each(['wrong-partition', 'twice'] as const)(
    'an answer with a receipt that does not belong (%s) is not believed at all',
    async (fate) => {
      const { lane, broker } = laneWhere((send, p) => (send === 0 && p === 1 ? fate : 'ok'));
      const calls = [0, 1, 2].map((partition) => codeOf(lane.append(at(partition), [record('a')])));
      expect(await Promise.all(calls)).toEqual(Array(3).fill('APPEND_FAILED'));
      expect(await lane.append(at(2), [record('b')])).toBe(1);
      expect(broker.producersMade).toBe(2);
    },
  );

  test('a partition without an answer at the deadline fails alone', async () => {
    const { lane, broker } = laneWhere((send, p) => (send === 0 && p === 1 ? 'silent' : 'ok'));
    const [first, silent] = [0, 1].map((p) => codeOf(lane.append(at(p), [record('a')])));
    expect(await first).toBe('ok');
    expect(broker.producersClosed).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await silent).toBe('APPEND_TIMEOUT');
    expect(broker.producersClosed).toBe(1);
    expect(await codeOf(lane.append(at(1), [record('b')]))).toBe('ok');
    expect(broker.producersMade).toBe(2);
  });

  test('an acknowledged partition is not held back by one that answers late', async () => {
    const { lane, broker } = laneWhere((send, p) => (send === 0 && p === 1 ? 'late' : 'ok'));
    const [first, late] = [0, 1].map((p) => lane.append(at(p), [record('a')]));
    expect(await first).toBe(0);
    broker.release();
    expect(await late).toBe(0);
    expect(broker.producersClosed).toBe(0);
  });

  test('a batch ends at the byte limit; a record above it goes alone', async () => {
    const { lane, sent } = laneOn({}, { batchBytesMax: 200 });
    await Promise.all([
      lane.append(at(0), [record('a', 50)]),
      lane.append(at(0), [record('b', 5_000)]),
      lane.append(at(0), [record('c', 50)]),
      lane.append(at(0), [record('d', 50)]),
    ]);
    expect(sent()).toEqual([[[0, 1]], [[0, 1]], [[0, 2]]]);
  });

  test('a broker that never answers: rejected at the deadline, the producer replaced', async () => {
    const { lane, broker, keys } = laneOn({ 0: 'silent' });
    const lost = codeOf(lane.append(at(0), [record('a')]));
    await vi.advanceTimersByTimeAsync(999);
    expect(broker.producersClosed).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await lost).toBe('APPEND_TIMEOUT');
    expect(broker.producersClosed).toBe(1);
    expect(await lane.append(at(0), [record('b')])).toBe(0);
    expect(broker.producersMade).toBe(2);
    expect(keys(0)).toEqual(['b']);
  });

  test('the deadline counts from entering the queue, not from sending', async () => {
    const { lane, broker } = laneOn({ 0: 'silent' });
    const first = codeOf(lane.append(at(0), [record('a')]));
    await vi.advanceTimersByTimeAsync(0);
    const behind = codeOf(lane.append(at(1), [record('b')]));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toBe('APPEND_TIMEOUT');
    expect(await behind).toBe('APPEND_TIMEOUT');
    expect(broker.sends).toHaveLength(1);
  });

  test('a late answer changes nothing for the rejected, and nothing for those behind', async () => {
    const { lane, broker, keys } = laneOn({ 0: 'late' });
    const late = codeOf(lane.append(at(0), [record('a')]));
    await vi.advanceTimersByTimeAsync(500);
    const next = lane.append(at(0), [record('b')]);
    await vi.advanceTimersByTimeAsync(500);
    expect(await late).toBe('APPEND_TIMEOUT');
    expect(await next).toBe(0);
    broker.release();
    await vi.advanceTimersByTimeAsync(1);
    expect(keys(0)).toEqual(['b', 'a']);
    expect(broker.producersClosed).toBe(2);
  });

  test.each(['wrong-partition', 'twice', 'no-receipt', 'lost-answer', 'refuse'] as const)(
    'an answer that proves nothing (%s) is a failure, and the producer is replaced',
    async (fate) => {
      const { lane, broker } = laneOn({ 0: fate });
      await expect(lane.append(at(0), [record('a')])).rejects.toMatchObject({
        code: 'APPEND_FAILED',
        retriable: true,
      });
      await lane.append(at(0), [record('b')]);
      expect(broker.producersMade).toBe(2);
    },
  );

  test('a full queue refuses at once, by records and by bytes, and takes again later', async () => {
    const { lane, broker } = laneOn({ 0: 'late' }, { queueRecordsMax: 4, queueBytesMax: 1_000 });
    const first = lane.append(at(0), [record('a')]);
    await vi.advanceTimersByTimeAsync(0);
    const waiting = ['b', 'c', 'd'].map((key) => lane.append(at(0), [record(key)]));
    expect(await codeOf(lane.append(at(0), [record('e'), record('f')]))).toBe('QUEUE_FULL');
    expect(await codeOf(lane.append(at(1), [record('g', 950)]))).toBe('QUEUE_FULL');
    broker.release();
    expect(await Promise.all([first, ...waiting])).toEqual([0, 1, 2, 3]);
    expect(await lane.append(at(0), [record('e'), record('f')])).toBe(4);
  });

  test('when a chunk of a large append fails, the rest of it is not sent', async () => {
    const { lane, keys } = laneOn({ 1: 'refuse' });
    const large = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => record(key));
    const failed = codeOf(lane.append(at(0), large));
    const after = lane.append(at(0), [record('z')]);
    expect(await failed).toBe('APPEND_FAILED');
    expect(await after).toBe(3);
    expect(keys(0)).toEqual(['a', 'b', 'c', 'z']);
  });

  test('a producer that cannot connect is an unavailable broker, and is tried anew', async () => {
    let attempts = 0;
    const broker = createFakeBroker();
    const lane = new ProducerLane(settings, () => {
      attempts += 1;
      const producer = broker.createProducer();
      if (attempts > 1) return producer;
      return { ...producer, connect: () => Promise.reject(new Error('ECONNREFUSED')) };
    });
    await expect(lane.append(at(0), [record('a')])).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
    });
    expect(await lane.append(at(0), [record('a')])).toBe(0);
  });

  test('what one turn of the event loop brings shares a send, however many callbacks bring it', async () => {
    const { lane, sent } = laneOn();
    const later: Promise<number>[] = [];
    const first = lane.append(at(0), [record('a')]);
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    later.push(lane.append(at(0), [record('b')]));
    process.nextTick(() => later.push(lane.append(at(1), [record('c')])));
    expect(await first).toBe(0);
    expect(await Promise.all(later)).toEqual([1, 0]);
    expect(sent()).toEqual([
      [
        [0, 2],
        [1, 1],
      ],
    ]);
  });

  test('closing settles what waits, then refuses', async () => {
    const { lane, broker } = laneOn();
    const waiting = lane.append(at(0), [record('a')]);
    await lane.close();
    expect(await waiting).toBe(0);
    expect(broker.producersClosed).toBe(1);
    expect(await codeOf(lane.append(at(0), [record('b')]))).toBe('BROKER_UNAVAILABLE');
  });

  test('an append of nothing is a mistake of the caller', async () => {
    expect(await codeOf(laneOn().lane.append(at(0), []))).toBe('INVARIANT_BROKEN');
  });
});
