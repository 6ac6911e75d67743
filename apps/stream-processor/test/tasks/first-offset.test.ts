import { topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import { CheckpointWorld, deltas } from '../support/checkpoint-world.ts';

const target = { topic: topics.viewDeltas.name, partition: 0 };

async function worldOfSome(): Promise<CheckpointWorld> {
  const world = new CheckpointWorld(
    Array.from({ length: 60 }, (_, i) => ({
      ...{ wait: 1_000, age: 0, token: 'eth:0xa', viewer: i % 4, eventId: i, flags: 0 },
    })),
  );
  await world.publish();
  return world;
}

test('a wrong number of accepted records still shows after a base was written with it', async () => {
  const world = await worldOfSome();
  const owner = await world.owner().takeOver();
  owner.fold(20);
  await owner.base();
  expect((await world.owner().takeOver()).task.state.unaccepted()).toBe(0);
  const next = await world.owner().takeOver();
  next.fold(20);
  // A record that was counted twice, with both of its fates.
  next.task.state.counts.accepted += 1;
  next.task.state.counts.counted += 1;
  await next.base();
  const last = await world.owner().takeOver();
  last.fold(20);
  const { counts } = last.task.state;
  expect([counts.residual(), last.task.state.unaccepted()]).toEqual([0, -1]);
});

test('a state began at the first record it accepted where a base of a former version does not tell', async () => {
  const world = await worldOfSome();
  const owner = await world.owner().takeOver();
  owner.fold(20);
  await owner.base();
  const former = await worldOfSome();
  const records = world.log.records(target.topic);
  // Deltas name their base by its offset.
  for (let deleted = records[0]?.offset ?? 0; deleted > 0; deleted -= 1)
    await former.log.append(target, [{ key: '0', value: records[0]?.value ?? null }]);
  for (const { key, value } of records) {
    const decoded = value === null ? undefined : deltas.decode(value);
    if (!decoded?.ok) throw new Error('not readable');
    const start = decoded.value.kind === 'base' ? -1 : decoded.value.start;
    const again = deltas.encode({ ...decoded.value, start });
    await former.log.append(target, [{ key, value: again }]);
  }
  const next = await former.owner().takeOver();
  next.fold(20);
  const { state } = next.task;
  expect([state.firstOffset, state.unaccepted()]).toEqual([0, 0]);
});
