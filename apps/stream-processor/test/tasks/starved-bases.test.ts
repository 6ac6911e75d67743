import type { Log } from '@trending/kafka';
import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { afterEach, expect, test, vi } from 'vitest';
import { AggregateBatches } from '../../src/tasks/aggregate-batch.ts';
import { CheckpointWorld, deltas, portsOf } from '../support/checkpoint-world.ts';
import { minute } from '../support/log-fixtures.ts';

const deltasTopic = topics.viewDeltas.name;

afterEach(() => {
  vi.restoreAllMocks();
});

/** An owner whose next base is due. */
async function overdue() {
  const world = new CheckpointWorld(
    Array.from({ length: 60 }, (_, i) => ({
      ...{ wait: 1_000, age: 0, token: 'eth:0xa', viewer: i % 4, eventId: i, flags: 0 },
    })),
  );
  await world.publish();
  const owner = await world.owner().takeOver();
  owner.fold(10);
  await owner.flush();
  world.clock.advance(6 * minute);
  return { world, owner };
}

/** Input offsets at which bases stand. */
function basesOf(world: CheckpointWorld): number[] {
  return world.log.records(deltasTopic).flatMap(({ value }) => {
    const decoded = value === null ? undefined : deltas.decode(value);
    return decoded?.ok && decoded.value.kind === 'base' && decoded.value.part === 0
      ? [decoded.value.end]
      : [];
  });
}

/** Appends to the checkpoint log wait until the latch opens. */
function holdAppends(world: CheckpointWorld) {
  const held = createLatch();
  const prototype = Object.getPrototypeOf(world.log) as Log;
  const { append } = prototype;
  vi.spyOn(prototype, 'append').mockImplementation(async function (this: Log, target, records) {
    if (target.topic === deltasTopic) await held.opened;
    return append.call(this, target, records);
  });
  return held;
}

test('where a delta is in flight at every look, the base that is due is written at the end of a batch', async () => {
  const { world, owner } = await overdue();
  const held = holdAppends(world);
  owner.fold(10);
  const inFlight = owner.flush();
  await owner.tick();
  owner.fold(10);
  const ended = owner.between(true);
  held.open();
  await Promise.all([inFlight, ended]);
  // Nothing more is folded before the base is written.
  await owner.between(false);
  expect(basesOf(world)).toEqual([0, 30]);
  owner.fold(10);
  await owner.flush();
  expect((await world.owner().takeOver()).task.position).toBe(40);
});

test('where dead letters are on their way at every look, the base that is due is written at the end of a batch', async () => {
  const { world, owner } = await overdue();
  const looks: Promise<void>[] = [];
  world.log.onAppend(({ topic }) => {
    if (topic === topics.deadLetters.name) looks.push(owner.tick());
    return undefined;
  });
  const batches = new AggregateBatches({
    ports: portsOf(world),
    deadLetteredUpTo: async () => 0,
    between: (_, isBatchEnd) => owner.between(isBatchEnd),
  });
  const context = { isCurrent: () => true, heartbeat: async () => undefined };
  for (const offset of [10, 11]) {
    const records = world.entries.slice(offset, offset + 1).map(({ record }) => record);
    const batch = { topic: topics.views.name, partition: 0, records, highWatermark: 60 };
    await batches.handle(owner.task, batch, context);
  }
  await Promise.all(looks);
  expect(looks).toHaveLength(2);
  expect(basesOf(world)).toEqual([0, 11]);
  expect(owner.failures).toEqual([]);
});
