import type { GroupConsumer } from '@trending/kafka';
import { AppError, createLogger, Registry } from '@trending/runtime';
import { topics } from '@trending/schemas';
import { expect, test, vi } from 'vitest';
import { createAggregateMetrics } from '../../src/tasks/aggregate-metrics.ts';
import { CheckpointLog } from '../../src/tasks/checkpoint-log.ts';
import { AggregateWorld } from '../support/aggregate-world.ts';
import { deltas } from '../support/checkpoint-world.ts';

/** What the group answers to the commit with which a superseded owner asks it. */
async function supersede(answer: AppError) {
  const world = new AggregateWorld(1);
  const { role, log, crashes } = world.role();
  const runGroup = vi.spyOn(log, 'runGroup');
  await role.start();
  await world.view('eth:0xa');
  await world.untilShown('eth:0xa', 1);
  const groups = await Promise.all(runGroup.mock.results.map(({ value }) => value));
  const consumer = groups.at(-1) as GroupConsumer;
  const commit = vi.spyOn(consumer, 'commit').mockRejectedValueOnce(answer);
  const foreign = new CheckpointLog(
    {
      log: world.log,
      clock: world.clock,
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics: createAggregateMetrics(new Registry(), () => []),
      deltas,
      deltasTopic: topics.viewDeltas.name,
    },
    0,
  );
  await foreign.append({ kind: 'fence', ownerId: 'somebody else' });
  await world.until('the question to the group', () => commit.mock.calls.length > 0);
  return { world, role, crashes, commit };
}

test('a superseded owner whose question to the group gets no answer asks again, and goes on counting', async () => {
  const { world, role, crashes, commit } = await supersede(
    new AppError({ code: 'BROKER_UNAVAILABLE', message: 'no answer', retriable: true }),
  );
  await world.until('the second question', () => commit.mock.calls.length > 1);
  await world.view('eth:0xa', { viewer: 2, eventId: 2 });
  await world.untilShown('eth:0xa', 2);
  await role.stop();
  expect(crashes).toEqual([]);
});

test('a superseded owner whose commit the group refuses gives the partition up', async () => {
  const { world, role, crashes, commit } = await supersede(
    new AppError({ code: 'APPEND_FAILED', message: 'refused' }),
  );
  await world.view('eth:0xa', { viewer: 2, eventId: 2 });
  await world.log.settled();
  expect(world.shown('eth:0xa')).toBe(1);
  await role.stop();
  expect(commit).toHaveBeenCalledOnce();
  expect(crashes).toEqual([]);
});
