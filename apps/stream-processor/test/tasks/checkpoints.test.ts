import { AppError } from '@trending/runtime';
import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CheckpointWorld, deltas, type Owner } from '../support/checkpoint-world.ts';
import { arbitraryLog, fold, setsAt, start, stateFrom } from '../support/log-fixtures.ts';

/** The same views, folded by somebody who never stopped. */
function oracle(world: CheckpointWorld, owner: Owner) {
  const { position } = owner.task;
  const from = world.countedFrom ?? 0;
  const state = stateFrom(from, start);
  fold(state, world.entries.slice(from, position));
  const now = Math.max(owner.task.state.store.asOf, state.store.asOf);
  return { counts: state.summary().counts, sets: setsAt(state, now), now };
}

function expectEqual(world: CheckpointWorld, owner: Owner): void {
  const { counts, sets, now } = oracle(world, owner);
  expect(owner.task.state.summary().counts).toEqual(counts);
  expect(setsAt(owner.task.state, now)).toEqual(sets);
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('fold' as const), count: fc.nat(30) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('base' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('keep' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('zombie' as const), count: fc.nat(30) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

describe('checkpoints', () => {
  test('whoever owned the partition and however it ended, the next owner stands where one would that never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLog, steps, async (log, plan) => {
        const world = new CheckpointWorld(log);
        await world.publish();
        let owner = await world.owner().takeOver();
        let zombie: Owner | undefined;
        for (const step of plan) {
          if (step.do === 'fold') owner.fold(step.count);
          else if (step.do === 'flush') await owner.flush();
          else if (step.do === 'base') await owner.base();
          else if (step.do === 'keep') await owner.takeOver(true);
          else if (step.do === 'kill') {
            zombie = owner;
            owner = await world.owner().takeOver();
            expectEqual(world, owner);
          } else {
            zombie?.fold(step.count);
            await zombie?.base();
          }
        }
        owner.fold(1_000);
        await owner.flush();
        const last = await world.owner().takeOver();
        expect(last.task.position).toBe(owner.task.position);
        expectEqual(world, last);
        expect(owner.failures).toEqual([]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  const some = Array.from({ length: 60 }, (_, i) => ({
    wait: 1_000,
    age: 0,
    token: 'eth:0xa',
    viewer: i % 4,
    eventId: i % 50,
    flags: 0,
  }));

  test('of two first owners the slower one counts its epochs from the base of the faster', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const candidatesFenced = createLatch();
    const asked = createLatch();
    const slow = world.owner(async () => {
      asked.open();
      await candidatesFenced.opened;
      return 1_001;
    });
    const slowTakeOver = slow.takeOver();
    await asked.opened;
    const fast = await world.owner().takeOver();
    candidatesFenced.open();
    await slowTakeOver;
    // The same number, counted from another base: nothing may leave under it.
    expect(slow.task.epoch).toBe(fast.task.epoch);
    slow.fold(60);
    expect(slow.task.punctuate(world.clock.now(), () => ({ lagMs: 0, costMs: 0 }))).toEqual([]);
    expect(await slow.isSuperseded()).toBe(true);
    await slow.takeOver();
    expect(slow.task.epoch).toBeGreaterThan(fast.task.epoch);
    slow.fold(60);
    await slow.flush();
    const last = await world.owner().takeOver();
    expect(last.task.epoch).toBeGreaterThan(slow.task.epoch);
    expectEqual(world, last);
  });

  test('an owner that was replaced finds out, and what it wrote since is void', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const first = await world.owner().takeOver();
    first.fold(10);
    await first.flush();
    const second = await world.owner().takeOver();
    expect(second.task.position).toBe(10);
    expect(second.task.epoch).toBeGreaterThan(first.task.epoch);
    first.fold(20);
    await first.flush();
    expect(await first.isSuperseded()).toBe(true);
    expect(await second.isSuperseded()).toBe(false);
    expect((await world.owner().takeOver()).task.position).toBe(10);
  });

  test('a late fence of an older owner is found by the present one', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const present = await world.owner().takeOver();
    await world.owner().takeOver();
    expect(await present.isSuperseded()).toBe(true);
  });

  test('a partition that stays goes on without being restored, under a higher epoch', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(25);
    const { task } = owner;
    const { epoch } = task;
    await owner.takeOver(true);
    expect(owner.task).toBe(task);
    expect(owner.task.epoch).toBeGreaterThan(epoch);
    await owner.flush();
    expect((await world.owner().takeOver()).task.position).toBe(25);
  });

  test('a partition that comes back after somebody else had it is restored, not kept', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(5);
    await owner.flush();
    owner.fold(20);
    const { task } = owner;
    const other = await world.owner().takeOver();
    other.fold(4);
    await other.flush();
    await owner.takeOver(true);
    expect(owner.task).not.toBe(task);
    expect(owner.task.position).toBe(9);
    expect(owner.task.epoch).toBeGreaterThan(other.task.epoch);
    expectEqual(world, owner);
  });

  test('a takeover that is over when its fence lands leaves the kept task alone, and the fence is found', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(25);
    const { task } = owner;
    const { epoch } = task;
    let isWanted = true;
    world.log.onAppend(() => {
      isWanted = false;
      return undefined;
    });
    await owner.takeOver(true, () => isWanted);
    world.log.onAppend(undefined);
    expect(isWanted).toBe(false);
    expect(task.epoch).toBe(epoch);
    expect(await owner.isSuperseded()).toBe(true);
    await owner.takeOver(true, () => false);
    expect(owner.task).toBe(task);
  });

  test('a task whose last delta may or may not have landed is restored, not kept', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(10);
    const { task } = owner;
    const noAnswer = { error: new Error('no answer'), landed: true };
    world.log.onAppend(({ topic }) => (topic === topics.viewDeltas.name ? noAnswer : undefined));
    await expect(owner.flush()).rejects.toThrow('no answer');
    world.log.onAppend(undefined);
    await owner.takeOver(true);
    expect(owner.task).not.toBe(task);
    owner.fold(5);
    await owner.flush();
    const next = await world.owner().takeOver();
    expect(next.task.position).toBe(15);
    expectEqual(world, next);
  });

  test('copies of records, after lost answers, change nothing', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    const { append } = world.log;
    owner.fold(10);
    await owner.flush();
    for (const { key, value } of world.log.records(topics.viewDeltas.name))
      await append.call(world.log, { topic: topics.viewDeltas.name, partition: 0 }, [
        { key, value },
      ]);
    const next = await world.owner().takeOver();
    expectEqual(world, next);
    expect(next.task.position).toBe(10);
  });

  test('old records leave the log once two newer bases stand, and the next owner needs none of them', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    for (let i = 0; i < 6; i += 1) {
      owner.fold(10);
      await owner.base();
      await owner.base();
    }
    const startOffset = (await world.log.startOffsets(topics.viewDeltas.name)).get(0);
    expect(startOffset).toBeGreaterThan(0);
    const next = await world.owner().takeOver();
    expect(next.task.position).toBe(60);
    expectEqual(world, next);
  });

  test('a base that was cut off by a new owner is not begun with', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(10);
    await owner.flush();
    let parts = 0;
    let next: Promise<Owner> | undefined;
    world.log.onAppend(({ topic }, [record]) => {
      if (topic !== topics.viewDeltas.name || !record?.value) return undefined;
      const decoded = deltas.decode(record.value);
      if (decoded?.ok && decoded.value.kind === 'base') {
        parts += 1;
        if (parts === 2) next = world.owner().takeOver();
      }
      return undefined;
    });
    await owner.base();
    world.log.onAppend(undefined);
    const other = await next;
    expect(parts).toBeGreaterThan(1);
    expect(other?.task.position).toBe(10);
    other?.fold(50);
    await other?.base();
    const last = await world.owner().takeOver();
    expect(last.task.position).toBe(60);
    expectEqual(world, last);
  });

  test('a look at the ownership that cannot be had ends nobody; the next one finds the newer owner', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    await world.owner().takeOver();
    const away = { code: 'BROKER_UNAVAILABLE', message: 'away', retriable: true } as const;
    const endOffsets = vi.spyOn(Object.getPrototypeOf(world.log), 'endOffsets');
    onTestFinished(() => endOffsets.mockRestore());
    endOffsets.mockRejectedValueOnce(new AppError(away));
    expect(await owner.isSuperseded()).toBe(false);
    expect(endOffsets).toHaveBeenCalledOnce();
    expect(await owner.isSuperseded()).toBe(true);
  });

  test('views that were removed before they were counted stop the partition', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(10);
    await owner.flush();
    world.log.truncateBefore({ topic: topics.views.name, partition: 0 }, 20);
    await expect(world.owner().takeOver()).rejects.toMatchObject({ code: 'INPUT_GAP' });
  });
});
