import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { expect, test, vi } from 'vitest';
import { AggregateWorld } from '../support/aggregate-world.ts';

const tokens = Array.from({ length: 12 }, (_, i) => `eth:0x${i}`);

/** Two members with two of four partitions each; checkpoints are read by the first only while the latch is open. */
async function twoMembers() {
  const world = new AggregateWorld(4);
  const [one, two] = [world.role(), world.role()];
  await one.role.start();
  await two.role.start();
  for (const token of tokens) for (const viewer of [1, 2, 3]) await world.view(token, { viewer });
  for (const token of tokens) await world.untilShown(token, 3);
  const reading = createLatch();
  const read = one.log.read.bind(one.log);
  const reads = vi.spyOn(one.log, 'read').mockImplementation(async function* (target, range) {
    if (target.topic === topics.viewDeltas.name) await reading.opened;
    yield* read(target, range);
  });
  return { world, one, two, reading, reads };
}

test('a partition that stays is counted on while those that come are still being restored', async () => {
  const { world, one, two, reading } = await twoMembers();
  await two.role.stop();
  for (const token of tokens) await world.view(token, { viewer: 4 });
  const isCounted = (token: string) => world.shown(token) === 4;
  await world.until('views of partitions that stayed', () => tokens.some(isCounted));
  expect(await one.role.ready[0]?.check()).toBeDefined();
  expect(tokens.every(isCounted)).toBe(false);
  reading.open();
  for (const token of tokens) await world.untilShown(token, 4);
  await one.role.stop();
  expect([...one.crashes, ...two.crashes]).toEqual([]);
});

test('what an assignment began to restore is not begun anew by the next one that wants it too', async () => {
  const { world, one, two, reading, reads } = await twoMembers();
  await two.role.stop();
  const begun = () =>
    new Set(
      reads.mock.calls
        .filter(([{ topic }]) => topic === topics.viewDeltas.name)
        .map(([{ partition }]) => partition),
    );
  await world.until('restores', () => begun().size === 2);
  const before = reads.mock.calls.length;
  void world.log.rebalance('stream-processor');
  for (const token of tokens) await world.view(token, { viewer: 4 });
  await world.until('partitions that stayed', () => tokens.some((t) => world.shown(t) === 4));
  const again = reads.mock.calls.slice(before).map(([{ topic }]) => topic);
  expect(again.filter((topic) => topic === topics.viewDeltas.name)).toEqual([]);
  reading.open();
  for (const token of tokens) await world.untilShown(token, 4);
  await one.role.stop();
  expect([...one.crashes, ...two.crashes]).toEqual([]);
});

test('a member that joins has read the checkpoints of its share before, and then only what came since', async () => {
  const world = new AggregateWorld(4);
  const one = world.role();
  await one.role.start();
  for (const token of tokens) for (const viewer of [1, 2, 3]) await world.view(token, { viewer });
  for (const token of tokens) await world.untilShown(token, 3);
  world.clock.advance(60_000);
  const deltas = () => world.log.records(topics.viewDeltas.name).length;
  const [written, two] = [deltas(), world.role()];
  await world.until('checkpoints', () => deltas() > written);
  const [order, runGroup, read] = [[] as string[], two.log.runGroup, two.log.read];
  vi.spyOn(two.log, 'runGroup').mockImplementation((options) => {
    order.push('joins');
    return runGroup.call(two.log, options);
  });
  vi.spyOn(two.log, 'read').mockImplementation((target, range) => {
    if (target.topic === topics.viewDeltas.name) order.push(`${target.partition}: ${range.from}`);
    return read.call(two.log, target, range);
  });
  await two.role.start();
  for (const token of tokens) await world.view(token, { viewer: 4 });
  for (const token of tokens) await world.untilShown(token, 4);
  const joins = order.indexOf('joins');
  const readBefore = new Set(order.slice(0, joins).map((text) => text.split(':')[0]));
  expect(readBefore.size).toBe(2);
  for (const text of order.slice(joins + 1)) expect(Number(text.split(': ')[1])).toBeGreaterThan(0);
  await one.role.stop();
  await two.role.stop();
  expect([...one.crashes, ...two.crashes]).toEqual([]);
});

test('categories that change between reading ahead and joining are not missed', async () => {
  const world = new AggregateWorld(1);
  const one = world.role();
  await one.role.start();
  for (const viewer of [1, 2, 3]) await world.view('eth:0xa', { viewer });
  await world.untilShown('eth:0xa', 3);
  await one.role.stop();
  const two = world.role();
  const { runGroup } = two.log;
  vi.spyOn(two.log, 'runGroup').mockImplementation(async (options) => {
    await world.categories('eth:0xa', ['meme']);
    await world.log.settled();
    return runGroup.call(two.log, options);
  });
  await two.role.start();
  const newest = () => world.sets().at(-1);
  await world.until('a set that knows', () => newest()?.metadataOffset === 1);
  expect(newest()?.totals.map(({ scope }) => scope)).toEqual(['all', 'category:meme', 'chain:eth']);
  await two.role.stop();
  expect([...one.crashes, ...two.crashes]).toEqual([]);
});
