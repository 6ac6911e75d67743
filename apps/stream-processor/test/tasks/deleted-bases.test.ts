import { topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import { CheckpointWorld } from '../support/checkpoint-world.ts';

const some = Array.from({ length: 60 }, (_, i) => ({
  wait: 1_000,
  age: 0,
  token: 'eth:0xa',
  viewer: i % 4,
  eventId: i % 50,
  flags: 0,
}));

test('a late delta of an older owner, naming a base that was deleted since, does not hinder recovery', async () => {
  const world = new CheckpointWorld(some);
  await world.publish();
  const first = await world.owner().takeOver();
  const second = await world.owner().takeOver();
  // The second base makes the first one superfluous.
  for (let bases = 0; bases < 2; bases += 1) {
    second.fold(10);
    await second.base();
  }
  // Deltas of the second owner that know a base are out of the reach of the first look back.
  for (let fences = 0; fences < 4; fences += 1) await second.takeOver(true);
  first.fold(10);
  await first.flush();
  const last = await world.owner().takeOver();
  expect(last.task.position).toBe(20);
  expect(last.task.state.summary().counts).toEqual(second.task.state.summary().counts);
});

test('a log without any of the bases that its deltas name is refused, not taken for a new one', async () => {
  const world = new CheckpointWorld(some);
  await world.publish();
  const owner = await world.owner().takeOver();
  owner.fold(10);
  await owner.base();
  owner.fold(10);
  await owner.flush();
  const target = { topic: topics.viewDeltas.name, partition: 0 };
  const end = (await world.log.endOffsets(target.topic)).get(0) ?? 0;
  await world.log.deleteBefore(target, end - 1);
  await expect(world.owner().takeOver()).rejects.toMatchObject({ code: 'INPUT_GAP' });
});
