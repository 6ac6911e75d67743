import { AppError } from '@trending/runtime';
import { topics } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { JourneyWorld } from '../support/journey-world.ts';
import { factLine, factLines, type Sighting } from '../support/sightings.ts';

const unavailable = new AppError({
  code: 'BROKER_UNAVAILABLE',
  message: 'not now',
  retriable: true,
});

describe('journey role', () => {
  test('tells the partition of each token who came from elsewhere and who went on', async () => {
    const world = new JourneyWorld(2);
    const { role, crashes } = await world.start();
    const { today: day } = world;
    await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
    await world.see({ token: 1, viewer: 8, day });
    await world.untilTold();
    expect(world.facts()).toEqual([
      factLine('came', { token: 2, viewer: 7, day }),
      factLine('went', { token: 1, viewer: 7, day }),
    ]);
    expect(world.told().map(({ key, journeys }) => [key, journeys.partition])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(await role.ready[0]?.check()).toBeUndefined();
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('goes on after a restart with what it knew, and tells nothing twice that was committed', async () => {
    const world = new JourneyWorld(1);
    const { today: day } = world;
    const first = await world.start();
    await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
    await world.see({ token: 1, viewer: 8, day });
    await world.untilTold();
    await first.role.stop();
    expect(await world.committed(0)).toBe(3);
    const told = world.told().length;
    const second = await world.start();
    await world.see({ token: 2, viewer: 8, day });
    await world.untilTold();
    expect(
      factLines(
        world
          .told()
          .slice(told)
          .map((one) => one.journeys),
      ),
    ).toEqual([
      factLine('came', { token: 2, viewer: 8, day }),
      factLine('went', { token: 1, viewer: 8, day }),
    ]);
    await second.role.stop();
    expect([...first.crashes, ...second.crashes]).toEqual([]);
  });

  test('commits nothing whose facts are not in the log', async () => {
    const world = new JourneyWorld(1);
    const { today: day } = world;
    const first = await world.start();
    let refused = 0;
    world.log.onAppend(({ topic }) => {
      if (topic !== topics.journeys.name) return undefined;
      refused += 1;
      return { error: unavailable, landed: false };
    });
    await world.see({ token: 1, viewer: 7, day }, { token: 2, viewer: 7, day });
    await vi.waitFor(() => expect(refused).toBeGreaterThan(0));
    await world.log.rebalance('journey');
    first.kill();
    world.log.onAppend(undefined);
    expect(await world.committed(0)).toBeLessThan(2);
    const second = await world.start();
    await world.untilTold();
    await second.role.stop();
    expect(await world.committed(0)).toBe(2);
  });

  test('begins with the day before today where nothing was committed', async () => {
    const world = new JourneyWorld(1);
    const { today } = world;
    const dayMs = 86_400_000;
    world.clock.advance(-2 * dayMs);
    const old = today - 2;
    await world.see({ token: 1, viewer: 7, day: old }, { token: 2, viewer: 7, day: old });
    world.clock.advance(dayMs);
    await world.see({ token: 3, viewer: 7, day: today - 1 });
    world.clock.advance(dayMs);
    const { role } = await world.start();
    await world.see({ token: 4, viewer: 7, day: today });
    await world.log.settled();
    expect(world.facts()).toEqual([
      factLine('came', { token: 4, viewer: 7, day: today }),
      factLine('went', { token: 3, viewer: 7, day: today }),
    ]);
    await role.stop();
  });

  test('passes over what does not decode, and over marks of transactions', async () => {
    const world = new JourneyWorld(1);
    const { today: day } = world;
    const { role, metrics, crashes } = await world.start();
    await world.see({ token: 1, viewer: 7, day });
    await world.append(0, { key: '', value: Buffer.from('nonsense') });
    await world.append(0, { key: '', value: null });
    world.log.endTransaction({ topic: topics.sightings.name, partition: 0 });
    await world.see({ token: 2, viewer: 7, day });
    await world.untilTold();
    expect(world.facts()).toHaveLength(2);
    const text = await metrics.metrics();
    expect(text).toContain('trending_journey_undecoded_total 2');
    expect(text).toContain('trending_journey_sightings_total{fate="taken"} 2');
    expect(text).toContain('trending_journey_facts_total{kind="came"} 1');
    expect(text).toContain('trending_journey_facts_total{kind="went"} 1');
    expect(text).toContain('trending_journey_viewers{partition="0"} 1');
    expect(text).toContain('trending_journey_position{partition="0"} 5');
    await role.stop();
    expect(await world.committed(0)).toBe(5);
    expect(crashes).toEqual([]);
  });

  test('members share the partitions; whoever joins takes over with what was known', async () => {
    const world = new JourneyWorld(4);
    const { today: day } = world;
    const viewers = Array.from({ length: 40 }, (_, viewer) => viewer);
    const one = await world.start();
    await world.see(...viewers.map((viewer) => ({ token: 1, viewer, day })));
    await world.log.settled();
    const two = await world.start();
    await world.see(...viewers.map((viewer) => ({ token: 2, viewer, day })));
    await world.untilTold();
    expect(world.facts()).toHaveLength(80);
    const facts = async ({ metrics }: typeof one) =>
      Number(/facts_total\{kind="came"\} (\d+)/.exec(await metrics.metrics())?.[1] ?? 0);
    expect([await facts(one), await facts(two)]).toEqual([20, 20]);
    await one.role.stop();
    await world.see(...viewers.map((viewer) => ({ token: 3, viewer, day })));
    await world.untilTold();
    expect([await facts(one), await facts(two)]).toEqual([20, 60]);
    expect(await two.role.ready[0]?.check()).toBeUndefined();
    await two.role.stop();
    expect([...one.crashes, ...two.crashes]).toEqual([]);
  });

  test('partitions that stay with a member keep their memory', async () => {
    const world = new JourneyWorld(2);
    const { today: day } = world;
    const { role, log } = await world.start();
    await world.see({ token: 1, viewer: 6, day }, { token: 1, viewer: 7, day });
    await world.log.settled();
    const read = vi.spyOn(log, 'read');
    await world.log.rebalance('journey');
    await world.see({ token: 2, viewer: 6, day }, { token: 2, viewer: 7, day });
    await world.untilTold();
    expect(world.facts()).toHaveLength(4);
    expect(read).not.toHaveBeenCalled();
    await role.stop();
  });

  test('a topic that was shortened or made anew stops nobody', async () => {
    const world = new JourneyWorld(1);
    const { today: day } = world;
    const first = await world.start();
    await world.see({ token: 1, viewer: 7, day }, { token: 1, viewer: 8, day });
    await world.log.settled();
    await first.role.stop();
    await world.see({ token: 2, viewer: 7, day }, { token: 1, viewer: 9, day });
    world.log.truncateBefore({ topic: topics.sightings.name, partition: 0 }, 3);
    const second = await world.start();
    await world.see({ token: 2, viewer: 9, day });
    await world.untilTold();
    expect(world.facts()).toHaveLength(2);
    expect(await second.role.ready[0]?.check()).toBeUndefined();
    await second.role.stop();
    expect(second.crashes).toEqual([]);
  });

  test('facts about many viewers leave in records that a broker takes', async () => {
    const world = new JourneyWorld(1);
    const { today: day } = world;
    const { role } = await world.start();
    const viewers = Array.from({ length: 60_000 }, (_, viewer) => viewer);
    for (const token of [1, 2])
      for (let from = 0; from < viewers.length; from += 30_000)
        await world.seeAll(
          0,
          viewers.slice(from, from + 30_000).map((viewer) => ({ token, viewer, day })),
        );
    await world.log.settled();
    const sizes = world.log.records(topics.journeys.name, 0).map(({ value }) => value?.length ?? 0);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
    expect(world.facts()).toHaveLength(120_000);
    await role.stop();
  });

  test('whatever dies and whenever, the topic holds the facts of a memory that never stopped', async () => {
    const step = fc.oneof(
      {
        weight: 20,
        arbitrary: fc.record({ token: fc.nat(5), viewer: fc.nat(12), before: fc.nat(1) }),
      },
      { weight: 2, arbitrary: fc.constantFrom('start', 'kill', 'stop', 'rebalance', 'turn') },
      { weight: 1, arbitrary: fc.constantFrom('fault', 'lost answer') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        const world = new JourneyWorld(2);
        const running = [await world.start()];
        const crashes: unknown[] = [];
        let fault: 'fault' | 'lost answer' | undefined;
        world.log.onAppend(({ topic }) => {
          if (topic !== topics.journeys.name || fault === undefined) return undefined;
          const landed = fault === 'lost answer';
          fault = undefined;
          return { error: unavailable, landed };
        });
        for (const one of steps) {
          if (typeof one === 'object') {
            const sighting: Sighting = { ...one, day: world.today - one.before };
            await world.see(sighting);
          } else if (one === 'start') running.push(await world.start());
          else if (one === 'turn') await new Promise((done) => setImmediate(done));
          else if (one === 'rebalance') void world.log.rebalance('journey');
          else if (one === 'kill' || one === 'stop') {
            const process = running.shift();
            if (one === 'kill') process?.kill();
            else await process?.role.stop();
            crashes.push(...(process?.crashes ?? []));
          } else fault = one;
        }
        running.push(await world.start());
        await world.untilTold();
        for (const { role, crashes: own } of running) {
          await role.stop();
          crashes.push(...own);
        }
        expect(crashes).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
