import type { Log } from '@trending/kafka';
import { topics, type ViewDelta } from '@trending/schemas';
import { afterEach, expect, test, vi } from 'vitest';
import { CheckpointWorld, deltas, type Owner } from '../support/checkpoint-world.ts';
import { hour, minute } from '../support/log-fixtures.ts';

const deltasTopic = topics.viewDeltas.name;
const lookMs = 5_000;
/** Of a world with a view every 2.5 seconds. */
const viewsALook = 2;

afterEach(() => {
  vi.restoreAllMocks();
});

async function worldOf(views: number): Promise<CheckpointWorld> {
  const world = new CheckpointWorld(
    Array.from({ length: views }, (_, i) => ({
      ...{ wait: 2_500, age: 0, token: 'eth:0xa', viewer: i % 4, eventId: i, flags: 0 },
    })),
  );
  await world.publish();
  return world;
}

function recordsOf(world: CheckpointWorld): { offset: number; at: number; value: ViewDelta }[] {
  return world.log.records(deltasTopic).flatMap(({ offset, timestamp, value }) => {
    const decoded = value === null ? undefined : deltas.decode(value);
    return decoded?.ok ? [{ offset, at: timestamp, value: decoded.value }] : [];
  });
}

/** Counts the checkpoint records that anybody reads from now on. */
function countReads(world: CheckpointWorld): { records: number } {
  const counted = { records: 0 };
  const prototype = Object.getPrototypeOf(world.log) as Log;
  const { read } = prototype;
  vi.spyOn(prototype, 'read').mockImplementation(async function* (this: Log, target, range) {
    for await (const batch of read.call(this, target, range)) {
      if (target.topic === deltasTopic) counted.records += batch.records.length;
      yield batch;
    }
  });
  return counted;
}

async function live(world: CheckpointWorld, owner: Owner, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= lookMs) {
    world.clock.advance(lookMs);
    owner.fold(viewsALook);
    await owner.tick();
  }
}

test('owners that die every minute for 36 minutes leave no more to read than those of the first half did', async () => {
  const lives = 36;
  const world = await worldOf(lives * 12 * viewsALook);
  const reads = countReads(world);
  const read: number[] = [];
  for (let life = 0; life < lives; life += 1) {
    reads.records = 0;
    const owner = await world.owner().takeOver();
    read.push(reads.records);
    await live(world, owner, minute);
  }
  const early = Math.max(...read.slice(0, lives / 2));
  expect(Math.max(...read.slice(lives / 2))).toBeLessThanOrEqual(early * 1.1);
  const [first] = recordsOf(world);
  expect(first?.offset, 'what nobody needs any more is deleted').toBeGreaterThan(0);
}, 30_000);

test('a partition that idles through restarts renews its base every day, long before retention reaches it', async () => {
  const world = await worldOf(5);
  const owner = await world.owner().takeOver();
  owner.fold(5);
  await owner.base();
  for (let halfDays = 0; halfDays < 16; halfDays += 1) {
    world.clock.advance(12 * hour);
    await (await world.owner().takeOver()).tick();
  }
  const bases = recordsOf(world).filter(({ value }) => value.kind === 'base' && value.part === 0);
  expect(world.clock.now() - (bases.at(-1)?.at ?? 0)).toBeLessThanOrEqual(24 * hour);
});

test('the deltas of an owner that wrote no base yet tell where the recent views before it begin', async () => {
  const world = await worldOf(60);
  const first = await world.owner().takeOver();
  first.fold(20);
  await first.base();
  const second = await world.owner().takeOver();
  second.fold(20);
  await second.flush();
  const told = recordsOf(world).filter(({ value }) => value.kind === 'delta');
  const { baseAt, recentAt } = told.at(-2)?.value ?? {};
  expect(recentAt).toBeGreaterThanOrEqual(0);
  expect(told.at(-1)?.value).toMatchObject({ start: 20, end: 40, baseAt, recentAt });
});
