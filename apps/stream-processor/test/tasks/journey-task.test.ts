import { inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { topics, type ViewerJourneys, type ViewerSightings } from '@trending/schemas';
import { expect, test } from 'vitest';
import { createJourneyMetrics } from '../../src/tasks/journey-metrics.ts';
import type { JourneyPorts } from '../../src/tasks/journey-ports.ts';
import { JourneyTask } from '../../src/tasks/journey-task.ts';
import { JourneyWorld } from '../support/journey-world.ts';
import { factLine } from '../support/sightings.ts';

function portsOf({ log, clock }: JourneyWorld): JourneyPorts {
  return {
    ...{ log, clock },
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createJourneyMetrics(new Registry(), () => []),
    sightings: inMemorySerde<ViewerSightings>(topics.sightings),
    journeys: inMemorySerde<ViewerJourneys>(topics.journeys),
    sightingsTopic: topics.sightings.name,
    journeysTarget: { topic: topics.journeys.name, partition: 0 },
  };
}

const context = { isCurrent: () => true, heartbeat: async () => undefined };

test('what overlapping assignments rebuild is taken once', async () => {
  const world = new JourneyWorld(1);
  const { today: day } = world;
  const task = new JourneyTask(portsOf(world), 0, 0);
  const seen = Array.from({ length: 1_200 }, (_, viewer) => ({ token: 1, viewer, day }));
  await world.see(...seen);
  const positions: number[] = [];
  const isGoingOn = () => positions.push(task.position) > 0;
  await Promise.all([task.rebuild(1_200, isGoingOn), task.rebuild(1_200, isGoingOn)]);
  expect(positions).toEqual([500, 1_000, 1_200]);
  expect([task.position, task.viewers(), task.isCaughtUp]).toEqual([1_200, 1_200, true]);
  expect(task.progress()).toEqual({ done: 1_200, total: 1_200 });
});

test('a rebuild that nobody wants any more stops between two slices, and can be gone on with', async () => {
  const world = new JourneyWorld(1);
  const { today: day } = world;
  const task = new JourneyTask(portsOf(world), 0, 0);
  await world.see(...Array.from({ length: 1_200 }, (_, viewer) => ({ token: 1, viewer, day })));
  await task.rebuild(1_200, () => false);
  expect([task.position, task.isCaughtUp]).toEqual([500, false]);
  expect(await task.settled()).toBe(true);
  await task.rebuild(1_200, () => true);
  expect([task.position, task.viewers()]).toEqual([1_200, 1_200]);
});

test('facts that could not be told leave a memory that nobody goes on with', async () => {
  const world = new JourneyWorld(1);
  const { today: day } = world;
  const task = new JourneyTask(portsOf(world), 0, 0);
  await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
  world.log.onAppend(({ topic }) =>
    topic === topics.journeys.name ? { error: new Error('broken'), landed: false } : undefined,
  );
  const records = world.log.records(topics.sightings.name);
  await expect(task.handle(records, context)).rejects.toThrow('broken');
  expect([task.position, await task.settled()]).toEqual([0, false]);
});

test('facts of a batch that is cut short are told up to where it stands', async () => {
  const world = new JourneyWorld(1);
  const { today: day } = world;
  const task = new JourneyTask(portsOf(world), 0, 0);
  await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
  await world.see(...Array.from({ length: 600 }, () => ({ token: 3, viewer: 7, day })));
  let slices = 0;
  const isCurrent = () => slices++ < 1;
  await task.handle(world.log.records(topics.sightings.name), { ...context, isCurrent });
  expect(task.position).toBe(500);
  expect(world.facts()).toEqual([
    factLine('came', { token: 3, viewer: 7, day }),
    factLine('came', { token: 2, viewer: 7, day }),
    factLine('went', { token: 1, viewer: 7, day }),
    factLine('went', { token: 2, viewer: 7, day }),
  ]);
});

test('a batch that comes again, and shorter, moves nothing back and tells nothing twice', async () => {
  const world = new JourneyWorld(1);
  const { today: day } = world;
  const task = new JourneyTask(portsOf(world), 0, 0);
  await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
  const records = world.log.records(topics.sightings.name);
  await Promise.all([task.handle(records, context), task.handle(records.slice(0, 1), context)]);
  expect(task.position).toBe(2);
  await task.handle(records, context);
  expect(world.facts()).toHaveLength(2);
});
