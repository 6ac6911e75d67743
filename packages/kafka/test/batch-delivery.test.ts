import { createLatch } from '@trending/runtime/testing';
import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { BatchDelivery, MemberState } from '../src/batch-delivery.ts';
import type { RunGroupOptions } from '../src/index.ts';

const target = { topic: 't', partition: 2 };
const key = 't/2';

/** A kafkajs batch of records at these offsets. */
function payloadOf(
  offsets: readonly number[],
  over: Partial<EachBatchPayload> = {},
  controlOffsets: readonly number[] = [],
) {
  const resolved: string[] = [];
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    timestamp: '5',
    key: null,
    value: null,
    attributes: 0,
    headers: {},
    isControlRecord: controlOffsets.includes(offset),
  }));
  const payload = {
    batch: {
      ...target,
      highWatermark: '100',
      messages: messages.filter(({ isControlRecord }) => !isControlRecord),
      rawMessages: messages,
      firstOffset: () => messages[0]?.offset ?? null,
      lastOffset: () => messages.at(-1)?.offset ?? '',
    },
    isStale: () => false,
    heartbeat: () => Promise.resolve(),
    resolveOffset: (offset: string) => resolved.push(offset),
    ...over,
  } as unknown as EachBatchPayload;
  return { payload, resolved };
}

/** What kafkajs tells of a batch with nothing but control records. */
function noticeOf(first: number, last: number) {
  const offsets = { firstOffset: String(first), lastOffset: String(last) };
  return { ...target, ...offsets, batchSize: 0, highWatermark: '100' };
}

function delivery(batch: RunGroupOptions['batch'] = () => Promise.resolve(), withMarkers = false) {
  const state = new MemberState();
  const failures: unknown[] = [];
  let rebalances = 0;
  const batches = new BatchDelivery({
    state,
    options: { batch, withMarkers },
    rebalancing: () => {
      rebalances += 1;
    },
    failed: (error) => failures.push(error),
  });
  state.epochs.assign([target]);
  state.positions.set(key, { offset: 10 });
  return { state, batches, failures, rebalances: () => rebalances };
}

describe('the delivery of batches', () => {
  test('moves the position behind the last record and tells kafkajs', async () => {
    const seen: number[] = [];
    const { batches, state } = delivery(async ({ records, highWatermark }) => {
      seen.push(...records.map(({ offset }) => offset));
      expect(highWatermark).toBe(100);
    });
    const { payload, resolved } = payloadOf([10, 11]);
    await batches.handle(payload);
    expect(seen).toEqual([10, 11]);
    expect(resolved).toEqual(['11']);
    expect(state.positions.get(key)?.offset).toBe(12);
  });

  test.each([
    ['a hole', [12]],
    ['an earlier record, after the log was truncated and reset', [3]],
  ])('%s stops the member', async (_, offsets) => {
    const { batches, failures } = delivery();
    const { payload, resolved } = payloadOf(offsets);
    await expect(batches.handle(payload)).rejects.toThrow();
    expect(failures).toMatchObject([{ code: 'INPUT_GAP' }]);
    expect(resolved).toEqual([]);
  });

  test('a hole of a compacted topic is none', async () => {
    const { batches, failures, state } = delivery();
    batches.allowHoles('t');
    await batches.handle(payloadOf([12, 19]).payload);
    expect(failures).toEqual([]);
    expect(state.positions.get(key)?.offset).toBe(20);
  });

  test('a batch of control records only moves the position', async () => {
    const { batches, state } = delivery();
    batches.started(noticeOf(10, 14));
    expect(state.positions.get(key)?.offset).toBe(15);
    batches.started({ ...noticeOf(15, 30), batchSize: 3 });
    expect(state.positions.get(key)?.offset).toBe(15);
  });

  test('batches of a partition that is being restored, or was sought meanwhile, are dropped', async () => {
    let calls = 0;
    const { batches, state } = delivery(async () => {
      calls += 1;
    });
    const stale = payloadOf([10], { isStale: () => true });
    await batches.handle(stale.payload);
    state.positions.delete(key);
    const restoring = payloadOf([10]);
    await batches.handle(restoring.payload);
    expect([calls, stale.resolved, restoring.resolved]).toEqual([0, [], []]);
  });

  test('a seek during the batch wins, even to the place where the batch began', async () => {
    const { batches, state } = delivery(async () => {
      state.positions.set(key, { offset: 10 });
    });
    const { payload, resolved } = payloadOf([10, 11]);
    await batches.handle(payload);
    expect(state.positions.get(key)?.offset).toBe(10);
    expect(resolved).toEqual([]);
  });

  test('a batch is current until its partition is assigned anew', async () => {
    const current: boolean[] = [];
    const { batches, state } = delivery(async (_, { isCurrent }) => {
      current.push(isCurrent());
      state.epochs.assign([target]);
      current.push(isCurrent());
    });
    await batches.handle(payloadOf([10]).payload);
    expect(current).toEqual([true, false]);
  });

  test('a refused heartbeat never reaches the handler, but kafkajs after it', async () => {
    const refused = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });
    let finished = false;
    const { batches, failures, rebalances } = delivery(async (_, { heartbeat }) => {
      await heartbeat();
      await heartbeat();
      finished = true;
    });
    const { payload } = payloadOf([10], { heartbeat: () => Promise.reject(refused) });
    await expect(batches.handle(payload)).rejects.toBe(refused);
    expect([finished, failures, rebalances()]).toEqual([true, [], 1]);
  });

  test('a failing handler fails the member, for kafkajs too', async () => {
    const boom = new Error('boom');
    const { batches, failures } = delivery(() => Promise.reject(boom));
    await expect(batches.handle(payloadOf([10]).payload)).rejects.toMatchObject({
      retriable: false,
    });
    expect(failures).toEqual([boom]);
  });
});

describe('markers, for a member that asks for them', () => {
  /** Offsets as the handler gets them, those of markers negative. */
  function collecting(before: () => Promise<void> = () => Promise.resolve()) {
    const seen: number[][] = [];
    const made = delivery(async ({ records }) => {
      await before();
      seen.push(records.map(({ offset, isMarker }) => (isMarker ? -offset : offset)));
    }, true);
    return { ...made, seen };
  }

  test('come among the records of a batch, at its ends too', async () => {
    const { batches, state, seen } = collecting();
    const { payload, resolved } = payloadOf([9, 10, 11, 12], {}, [10, 12]);
    state.positions.set(key, { offset: 9 });
    await batches.handle(payload);
    expect([seen, resolved]).toEqual([[[9, -10, 11, -12]], ['12']]);
    expect(state.positions.get(key)?.offset).toBe(13);
  });

  test('come alone where nothing else was fetched, before the batch behind them', async () => {
    const { batches, state, seen, failures } = collecting();
    batches.started(noticeOf(10, 11));
    batches.started(noticeOf(12, 12));
    await batches.handle(payloadOf([13]).payload);
    expect([seen, failures]).toEqual([[[-10, -11, -12], [13]], []]);
    expect(state.positions.get(key)?.offset).toBe(14);
  });

  test('that are passed while others are handed over follow them, and a stop waits for all', async () => {
    const latch = createLatch();
    const { batches, state, seen } = collecting(() => latch.opened);
    batches.started(noticeOf(10, 10));
    await Promise.resolve();
    batches.started(noticeOf(11, 12));
    latch.open();
    await batches.finished();
    expect(seen.flat()).toEqual([-10, -11, -12]);
    expect(state.positions.get(key)?.offset).toBe(13);
  });

  test('do not hide a gap before them', async () => {
    const { batches, seen, failures } = collecting();
    batches.started(noticeOf(12, 12));
    await batches.finished();
    await expect(batches.handle(payloadOf([13]).payload)).rejects.toThrow();
    expect([seen, failures]).toMatchObject([[], [{ code: 'INPUT_GAP' }]]);
  });

  test('of before a seek are dropped', async () => {
    const latch = createLatch();
    const { batches, state, seen } = collecting(() => latch.opened);
    batches.started(noticeOf(10, 10));
    await Promise.resolve();
    batches.started(noticeOf(11, 11));
    state.positions.set(key, { offset: 5 });
    latch.open();
    await batches.handle(payloadOf([5]).payload);
    expect(seen).toEqual([[-10], [5]]);
    expect(state.positions.get(key)?.offset).toBe(6);
  });

  test('that the handler refuses fail the member', async () => {
    const boom = new Error('boom');
    const { batches, failures } = delivery(() => Promise.reject(boom), true);
    batches.started(noticeOf(10, 10));
    await batches.finished();
    expect(failures).toEqual([boom]);
  });
});
