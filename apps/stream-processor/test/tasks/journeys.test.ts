import { inMemorySerde } from '@trending/kafka/testing';
import { AppError } from '@trending/runtime';
import {
  type CandidateSet,
  sightingBytes,
  topics,
  type ViewDelta,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import { describe, expect, test, vi } from 'vitest';
import { dayOf } from '../../src/domain/journey.ts';
import { tokenHashFrom, tokenHashOf } from '../../src/domain/token-hash.ts';
import { AggregateWorld } from '../support/aggregate-world.ts';
import { bytesOf } from '../support/views.ts';

const sightings = inMemorySerde<ViewerSightings>(topics.sightings);
const journeys = inMemorySerde<ViewerJourneys>(topics.journeys);
const deltas = inMemorySerde<ViewDelta>(topics.viewDeltas);
const nobody = Buffer.alloc(0);
const tokens = ['eth:0xa', 'eth:0xb', 'eth:0xc'];

/** Everybody that was told to be new to a token, as `token viewer`, in the order of the topic. */
function told({ log }: AggregateWorld): string[] {
  return log.records(topics.sightings.name).flatMap(({ value }) => {
    const decoded = value === null ? undefined : sightings.decode(value);
    if (!decoded?.ok) throw new Error('a sighting does not decode');
    const rows = Buffer.from(decoded.value.rows);
    return Array.from({ length: rows.length / sightingBytes }, (_, i) => {
      const row = rows.subarray(sightingBytes * i);
      const hash = tokenHashFrom(row.readUInt32LE(4), row.readUInt32LE(0));
      const token = tokens.find((name) => tokenHashOf(name) === hash);
      return `${token} ${row[sightingBytes - 1]}`;
    });
  });
}

async function find(world: AggregateWorld, token: string, viewers: readonly number[]) {
  const day = dayOf(world.clock.now());
  const came = Buffer.concat(viewers.map((viewer) => bytesOf(viewer, 8)));
  const value = journeys.encode({
    partition: 0,
    groups: [{ tokenHash: tokenHashOf(token), day, came, went: nobody }],
  });
  const target = { topic: topics.journeys.name, partition: 0 };
  await world.log.append(target, [{ key: '0', value }]);
}

/** The newest set tells so of the token. */
function cameTo(world: AggregateWorld, token: string): number | undefined {
  return world
    .sets()
    .at(-1)
    ?.items.find((item) => item.token === token)?.came[0];
}

const notNow = new AppError({ code: 'APPEND_FAILED', message: 'not now', retriable: true });

describe('viewers from token to token', () => {
  test('are told once when they are new to a token, and what is found out about them is shown', async () => {
    const world = new AggregateWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    for (const viewer of [1, 2, 3]) await world.view('eth:0xa', { viewer });
    await world.view('eth:0xa', { viewer: 1 });
    await world.view('eth:0xb', { viewer: 1 });
    await world.untilShown('eth:0xa', 3);
    await world.until('all five are told', () => told(world).length === 4);
    expect(told(world)).toEqual(['eth:0xa 1', 'eth:0xa 2', 'eth:0xa 3', 'eth:0xb 1']);
    await find(world, 'eth:0xa', [1, 3, 99]);
    await world.until('two are known', () => cameTo(world, 'eth:0xa') === 2);
    expect(world.sets().at(-1)).toMatchObject({ journeyOffset: 1, site: { came: [2] } });
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('are told before the checkpoint that covers them', async () => {
    const world = new AggregateWorld(1);
    const { role } = world.role();
    let failures = 4;
    const covered: number[] = [];
    world.log.onAppend(({ topic }, records) => {
      if (topic === topics.viewDeltas.name)
        for (const { value } of records) {
          const decoded = value && deltas.decode(value);
          if (decoded?.ok && decoded.value.kind === 'delta' && told(world).length === 0)
            covered.push(decoded.value.end);
        }
      if (topic !== topics.sightings.name) return undefined;
      failures -= 1;
      return failures >= 0 ? { error: notNow, landed: false } : undefined;
    });
    await role.start();
    await world.view('eth:0xa', { viewer: 1 });
    await world.untilShown('eth:0xa', 1);
    await role.stop();
    expect(told(world)).toEqual(['eth:0xa 1']);
    expect(Math.max(0, ...covered)).toBe(0);
  });

  test('are known to the next owner before it shows anything', async () => {
    const world = new AggregateWorld(1);
    const one = world.role();
    await one.role.start();
    for (const viewer of [1, 2, 3]) await world.view('eth:0xa', { viewer });
    await world.untilShown('eth:0xa', 3);
    await find(world, 'eth:0xa', [1]);
    await world.until('one is known', () => cameTo(world, 'eth:0xa') === 1);
    await one.role.stop();
    await find(world, 'eth:0xa', [2]);
    const before = world.sets().length;
    const two = world.role();
    await two.role.start();
    await world.until('a set of the next owner', () => world.sets().length > before);
    const [first] = world.sets().slice(before) as [CandidateSet];
    expect(first.journeyOffset).toBe(2);
    expect(first.items[0]?.came[0]).toBe(2);
    await two.role.stop();
    expect([...one.crashes, ...two.crashes]).toEqual([]);
  });

  test('are known even if they are told between two questions of an owner that comes', async () => {
    const world = new AggregateWorld(1);
    const { role, log, crashes } = world.role();
    const follow = log.follow.bind(log);
    const passed = Promise.withResolvers<void>();
    vi.spyOn(log, 'follow').mockImplementation((target, options) =>
      follow(target, {
        ...options,
        batch: async (batch) => {
          await options.batch(batch);
          if (target.topic === topics.journeys.name) passed.resolve();
        },
      }),
    );
    const ask = log.offsetsForTime.bind(log);
    vi.spyOn(log, 'offsetsForTime').mockImplementation(async (topic, time) => {
      if (topic === topics.journeys.name) {
        await find(world, 'eth:0xa', [1]);
        await passed.promise;
      }
      return ask(topic, time);
    });
    await world.view('eth:0xa', { viewer: 1 });
    await role.start();
    await world.untilShown('eth:0xa', 1);
    await find(world, 'eth:0xa', [2]);
    await world.until('both are passed', () => world.sets().at(-1)?.journeyOffset === 2);
    expect(cameTo(world, 'eth:0xa')).toBe(1);
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('a record that nobody can read costs nobody anything', async () => {
    const world = new AggregateWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    await world.view('eth:0xa', { viewer: 1 });
    await world.untilShown('eth:0xa', 1);
    const target = { topic: topics.journeys.name, partition: 0 };
    await world.log.append(target, [{ key: '0', value: Buffer.from('nonsense') }]);
    await find(world, 'eth:0xa', [1]);
    await world.until('one is known', () => cameTo(world, 'eth:0xa') === 1);
    expect(await role.ready[0]?.check()).toBeUndefined();
    await role.stop();
    expect(crashes).toEqual([]);
  });
});
