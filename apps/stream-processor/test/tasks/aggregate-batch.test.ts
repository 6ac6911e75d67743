import { AppError } from '@trending/runtime';
import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import {
  AggregateBatches,
  type AggregateBatchesSettings,
} from '../../src/tasks/aggregate-batch.ts';
import { AggregateTask } from '../../src/tasks/aggregate-task.ts';
import { CheckpointWorld, portsOf } from '../support/checkpoint-world.ts';
import { start } from '../support/log-fixtures.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Handles a batch of two records that are no views, and counts the heartbeats while it waits. */
function handling(settings: Partial<AggregateBatchesSettings>, world = new CheckpointWorld([])) {
  const categories = new CategoryTable();
  const state = new AggregateState({ from: 0, asOf: start, known: { categoriesOf: () => [] } });
  const common = { partition: 0, catchUpTo: 0, epoch: 1 };
  const task = new AggregateTask({ ...common, state, categories });
  const topic = topics.views.name;
  const records = [0, 1].map((offset) => ({
    ...{ topic, partition: 0, offset, timestamp: start, key: null, value: null, headers: {} },
  }));
  const batches = new AggregateBatches({
    ports: portsOf(world),
    deadLetteredUpTo: async () => 0,
    between: async () => undefined,
    ...settings,
  });
  const heartbeat = vi.fn(async () => undefined);
  const batch = { topic, partition: 0, records, highWatermark: 2 };
  const done = batches.handle(task, batch, { isCurrent: () => true, heartbeat });
  done.catch(() => undefined);
  return { task, done, heartbeat };
}

test('while checkpoints hold up the fold, the membership is kept four times a second', async () => {
  const written = createLatch();
  const { task, done, heartbeat } = handling({ between: () => written.opened });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(task.position).toBe(0);
  expect(heartbeat.mock.calls.length).toBeGreaterThanOrEqual(39);
  written.open();
  await done;
  expect(task.position).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('while dead letters cannot be appended, the membership is kept', async () => {
  const known = createLatch();
  const deadLetteredUpTo = () => known.opened.then(() => 0);
  const { task, done, heartbeat } = handling({ deadLetteredUpTo });
  await vi.advanceTimersByTimeAsync(10_000);
  expect([task.position, task.deadLettersPending]).toEqual([2, 2]);
  expect(heartbeat.mock.calls.length).toBeGreaterThanOrEqual(39);
  known.open();
  await done;
  expect(task.deadLettersPending).toBe(0);
});

test('folding goes on in the moment in which checkpoints allow it, not when a slow heartbeat is answered', async () => {
  const [written, answered] = [createLatch(), createLatch()];
  const { task, done, heartbeat } = handling({ between: () => written.opened });
  heartbeat.mockImplementation(() => answered.opened.then(() => undefined));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heartbeat, 'one at a time').toHaveBeenCalledOnce();
  written.open();
  for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
  expect(task.position).toBe(2);
  answered.open();
  await done;
});

test('what cannot be written fails the batch, also after heartbeats', async () => {
  const broken = Promise.withResolvers<void>();
  const { done, heartbeat } = handling({ between: () => broken.promise });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heartbeat).toHaveBeenCalled();
  broken.reject(new AppError({ code: 'APPEND_FAILED', message: 'refused' }));
  await expect(done).rejects.toThrow('refused');
  expect(vi.getTimerCount()).toBe(0);
});
