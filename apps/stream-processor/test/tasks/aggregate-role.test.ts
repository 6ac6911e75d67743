import { deadLetterInfo } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import { topics } from '@trending/schemas';
import { describe, expect, test, vi } from 'vitest';
import { AggregateWorld } from '../support/aggregate-world.ts';

describe('aggregate role', () => {
  test('publishes what was viewed, with the cut it was counted from', async () => {
    const world = new AggregateWorld(2);
    const { role, crashes } = world.role();
    await role.start();
    for (let viewer = 0; viewer < 5; viewer += 1) await world.view('eth:0xa', { viewer });
    await world.untilShown('eth:0xa', 5);
    expect(world.sets().at(-1)).toMatchObject({ inputOffset: 5, rules: 'panes-2' });
    expect(await role.ready[0]?.check()).toBeUndefined();
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('puts a bad record aside before any set covers its offset', async () => {
    const world = new AggregateWorld(1);
    const { role } = world.role();
    let failures = 3;
    const coveredEarly: number[] = [];
    world.log.onAppend(({ topic }) => {
      if (topic !== topics.deadLetters.name) return undefined;
      coveredEarly.push(...world.sets().map(({ inputOffset }) => inputOffset));
      failures -= 1;
      const error = new AppError({ code: 'APPEND_FAILED', message: 'not now', retriable: true });
      return failures >= 0 ? { error, landed: false } : undefined;
    });
    await role.start();
    await world.view('eth:0xa');
    await world.untilShown('eth:0xa', 1);
    await world.raw('eth:0xa', Buffer.from('nonsense'));
    await world.view('eth:0xb', { viewer: 2 });
    await world.until('a set that covers all three', () => world.sets().at(-1)?.inputOffset === 3);
    const [letter] = world.deadLetters();
    expect(letter && deadLetterInfo(letter)).toMatchObject({ offset: 1, reason: 'bad_magic' });
    expect(letter?.value?.toString()).toBe('nonsense');
    expect(coveredEarly.length).toBeGreaterThan(0);
    expect(Math.max(...coveredEarly)).toBe(1);
    await role.stop();
  });

  test('a member that joins takes over partitions with a higher epoch and the same counts', async () => {
    const world = new AggregateWorld(4);
    const [one, two] = [world.role(), world.role()];
    await one.role.start();
    const tokens = Array.from({ length: 12 }, (_, i) => `eth:0x${i}`);
    for (const token of tokens) for (const viewer of [1, 2, 3]) await world.view(token, { viewer });
    for (const token of tokens) await world.untilShown(token, 3);
    const before = Math.max(...world.sets().map(({ epoch }) => epoch));
    await two.role.start();
    for (const token of tokens) await world.view(token, { viewer: 4 });
    for (const token of tokens) await world.untilShown(token, 4);
    const newest = world.sets().filter(({ epoch }) => epoch > before);
    expect(new Set(newest.map(({ partition }) => partition)).size).toBe(4);
    await one.role.stop();
    await two.role.stop();
    expect([...one.crashes, ...two.crashes]).toEqual([]);
  });

  test('a killed owner changes nothing: the next one rebuilds from the log', async () => {
    const world = new AggregateWorld(1);
    const [one, two] = [world.role(), world.role()];
    const runGroup = vi.spyOn(one.log, 'runGroup');
    await one.role.start();
    for (let viewer = 0; viewer < 7; viewer += 1) await world.view('eth:0xa', { viewer });
    await world.untilShown('eth:0xa', 7);
    await two.role.start();
    for (const { value } of runGroup.mock.results) one.log.kill(await value);
    await world.view('eth:0xa', { viewer: 7 });
    await world.untilShown('eth:0xa', 8);
    await two.role.stop();
    await one.role.stop();
    expect(two.crashes).toEqual([]);
  });

  test('dead letters that were acknowledged before are not repeated by a rebuild', async () => {
    const world = new AggregateWorld(1);
    const one = world.role();
    await one.role.start();
    await world.raw('eth:0xa', Buffer.from('nonsense'));
    await world.until('the dead letter', () => world.deadLetters().length === 1);
    await world.until('readiness', async () => (await one.role.ready[0]?.check()) === undefined);
    await world.log.settled();
    await one.role.stop();
    const two = world.role();
    await two.role.start();
    await world.view('eth:0xa');
    await world.untilShown('eth:0xa', 1);
    await two.role.stop();
    expect(world.deadLetters()).toHaveLength(1);
  });

  test('categories come from the metadata topic, before and while it runs', async () => {
    const world = new AggregateWorld(1);
    await world.categories('eth:0xa', ['meme']);
    const { role } = world.role();
    await role.start();
    await world.view('eth:0xa');
    const scopes = () =>
      world
        .sets()
        .at(-1)
        ?.totals.map(({ scope }) => scope);
    await world.until('the first category', () => scopes()?.includes('category:meme') === true);
    await world.categories('eth:0xa', ['defi']);
    await world.until('the second category', () => scopes()?.includes('category:defi') === true);
    expect(world.sets().at(-1)).toMatchObject({ metadataOffset: 2 });
    expect(scopes()).toEqual(['all', 'category:defi', 'chain:eth']);
    await role.stop();
  });

  test('rides out a broker that does not answer for a moment', async () => {
    const world = new AggregateWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    await world.log.settled();
    let failures = 2;
    world.log.onAppend(({ topic }) => {
      if (topic !== topics.candidates.name || failures === 0) return undefined;
      failures -= 1;
      const error = new AppError({ code: 'APPEND_TIMEOUT', message: 'late', retriable: true });
      return { error, landed: failures === 0 };
    });
    await world.view('eth:0xa');
    await world.untilShown('eth:0xa', 1);
    await role.stop();
    expect(failures).toBe(0);
    expect(crashes).toEqual([]);
  });

  test('stops the process when records are missing in between', async () => {
    const world = new AggregateWorld(1);
    for (let viewer = 0; viewer < 3; viewer += 1) await world.view('eth:0xa', { viewer });
    const own = world.role();
    vi.spyOn(own.log, 'offsetsForTime').mockResolvedValue(new Map([[0, 0]]));
    world.log.truncateBefore({ topic: topics.views.name, partition: 0 }, 2);
    await own.role.start();
    await world.until('the crash', () => own.crashes.length > 0);
    expect(own.crashes[0]).toMatchObject({ code: 'INPUT_GAP' });
    await own.role.stop();
  });

  test('markers of transactions are passed over and accounted for, at the end of the log too', async () => {
    const world = new AggregateWorld(1);
    const target = { topic: topics.views.name, partition: 0 };
    await world.view('eth:0xa', { viewer: 1 });
    world.log.endTransaction(target);
    const { role, crashes, metrics } = world.role();
    await role.start();
    await world.untilShown('eth:0xa', 1);
    expect(await role.ready[0]?.check()).toBeUndefined();
    await world.view('eth:0xa', { viewer: 2 });
    world.log.endTransaction(target);
    await world.untilShown('eth:0xa', 2);
    await world.log.settled();
    const text = await metrics.metrics();
    expect(text).toContain('trending_views_folded{partition="0",class="markers"} 2');
    expect(text).toContain('trending_aggregate_position{partition="0"} 4');
    expect(text).toContain('trending_views_residual{partition="0"} 0');
    expect(world.deadLetters()).toEqual([]);
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('its metrics show the conservation law holding', async () => {
    const world = new AggregateWorld(1);
    const { role, metrics } = world.role();
    await role.start();
    await world.view('eth:0xa', { eventId: 1 });
    await world.view('eth:0xa', { eventId: 1 });
    await world.untilShown('eth:0xa', 1);
    await world.log.settled();
    const text = await metrics.metrics();
    expect(text).toContain('trending_views_folded{partition="0",class="duplicate"} 1');
    expect(text).toContain('trending_views_residual{partition="0"} 0');
    expect(text).toContain('trending_views_unaccepted{partition="0"} 0');
    await role.stop();
  });
});
