import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { BatchDelivery, MemberState } from '../src/batch-delivery.ts';
import type { RunGroupOptions } from '../src/index.ts';

const target = { topic: 't', partition: 2 };
const key = 't/2';

/** A kafkajs batch of records at these offsets. */
function payloadOf(offsets: readonly number[], over: Partial<EachBatchPayload> = {}) {
  const resolved: string[] = [];
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    timestamp: '5',
    key: null,
    value: null,
    attributes: 0,
    headers: {},
  }));
  const payload = {
    batch: {
      ...target,
      highWatermark: '100',
      messages,
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

function delivery(batch: RunGroupOptions['batch'] = () => Promise.resolve()) {
  const state = new MemberState();
  const failures: unknown[] = [];
  let rebalances = 0;
  const batches = new BatchDelivery({
    state,
    options: { batch },
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
    batches.started({ ...target, batchSize: 0, lastOffset: '14' });
    expect(state.positions.get(key)?.offset).toBe(15);
    batches.started({ ...target, batchSize: 3, lastOffset: '30' });
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
