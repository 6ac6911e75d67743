import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@trending/runtime';
import { createLatch, until } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { describe, expect, test, vi } from 'vitest';
import { formulaRecord, suppressRecord } from '../support/control-words.ts';
import { candidateOf, setOf } from '../support/rank-fixtures.ts';
import { type RankWorld, rankWorld } from '../support/rank-world.ts';
import { set, shown, untilShown } from '../support/shown-boards.ts';

const fences = (world: RankWorld) =>
  world.written().flatMap(({ key, offset }) => (key === 'fence' ? [offset] : []));

/** Lets every handler run, then moves time past the spacing of boards. */
async function pass(world: RankWorld): Promise<void> {
  await world.log.settled();
  world.clock.advance(1_000);
}

describe('rank roles in one group', () => {
  test('have one owner; when it leaves, a standby takes over with a higher epoch', async () => {
    const world = rankWorld(1);
    const [one, two] = [world.role(), world.role()];
    await one.role.start();
    await two.role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    await pass(world);
    await one.role.stop();
    await pass(world);
    await world.send(set(11));
    await untilShown(world, 11);
    await two.role.stop();
    const epochs = shown(world).map(([epoch]) => epoch);
    expect(fences(world).length).toBeGreaterThanOrEqual(2);
    expect(epochs).toEqual(epochs.toSorted((a, b) => Number(a) - Number(b)));
    expect(new Set(epochs).size).toBe(2);
    expect([...one.crashes, ...two.crashes]).toEqual([]);
  });

  test('survive the death of the owner, whose late boards do no harm', async () => {
    const world = rankWorld(1);
    const [one, two] = [world.role(), world.role()];
    const runGroup = vi.spyOn(one.log, 'runGroup');
    await one.role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    await two.role.start();
    for (const { value } of runGroup.mock.results) one.log.kill(await value);
    await world.send(set(12));
    await untilShown(world, 12);
    await Promise.all([one.role.stop(), two.role.stop()]);
    expect(fences(world).length).toBeGreaterThanOrEqual(2);
  });

  test('keep their epoch over a rebalance that changes nothing', async () => {
    const world = rankWorld(1);
    const { role } = world.role();
    await role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    await world.log.rebalance('ranker');
    await pass(world);
    await world.send(set(11));
    await untilShown(world, 11);
    await role.stop();
    expect(fences(world)).toEqual([0]);
    expect(shown(world)).toEqual([
      [0, 1, 10],
      [0, 2, 11],
    ]);
  });

  test('go on after a board was refused for a while, by joining again', async () => {
    const world = rankWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    await world.log.settled();
    let refused = 0;
    const error = new AppError({ code: 'APPEND_FAILED', message: 'no leader', retriable: true });
    world.log.onAppend(({ topic }) => {
      if (!topic.includes('rankings') || refused > 0) return undefined;
      refused += 1;
      return { error, landed: false };
    });
    await world.send(set(10));
    await untilShown(world, 10);
    await role.stop();
    expect([refused, crashes]).toEqual([1, []]);
  });

  test('end the process on an error nobody foresaw', async () => {
    const world = rankWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    await world.log.settled();
    const error = new Error('boom');
    world.log.onAppend(({ topic }) =>
      topic.includes('rankings') ? { error, landed: false } : undefined,
    );
    await world.send(set(10));
    await until({ timeoutMs: 2_000, what: 'the crash' }, () => crashes[0] ?? undefined);
    await role.stop();
    expect(crashes).toEqual([error]);
  });

  test('are ready as owner and as standby, and not before they joined', async () => {
    const world = rankWorld(1);
    const [one, two] = [world.role(), world.role()];
    const ready = () =>
      Promise.all([one, two].map(async ({ role }) => (await role.ready[0]?.check()) ?? 'ready'));
    expect(await ready()).toEqual(['has not started', 'has not started']);
    await one.role.start();
    await two.role.start();
    await world.log.settled();
    expect(await ready()).toEqual(['ready', 'ready']);
    await Promise.all([one.role.stop(), two.role.stop()]);
  });

  test('pass over candidate records that cannot be read', async () => {
    const world = rankWorld(1);
    const { role, crashes } = world.role();
    await role.start();
    await world.log.append({ topic: 'token.candidates.v1', partition: 0 }, [
      { key: '1h|0', value: new Uint8Array([9, 9]) },
      { key: '1h|0', value: null },
    ]);
    await world.send(set(10));
    await untilShown(world, 10);
    await role.stop();
    expect(crashes).toEqual([]);
  });
});

describe('operators’ words', () => {
  const version = (world: RankWorld) =>
    world.written().findLast(({ key }) => key === 'views|1h|all')?.board?.formula.version;

  test('reach the boards of a running owner and of the standby that takes over', async () => {
    const world = rankWorld(1);
    await world.say(formulaRecord('views', { version: 2 }));
    const [one, two] = [world.role(), world.role()];
    await one.role.start();
    await two.role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    expect(version(world)).toBe(2);
    await world.say(formulaRecord('views', { version: 3 }));
    await pass(world);
    await world.send({ ...set(11), asOf: 3_601_000 });
    await untilShown(world, 11);
    expect(version(world)).toBe(3);
    await pass(world);
    await one.role.stop();
    await pass(world);
    await world.say(formulaRecord('views', { version: 4, from: 9_000_000 }));
    await world.send({ ...set(12), asOf: 3_602_000 });
    await untilShown(world, 12);
    expect(version(world)).toBe(3);
    const last = world.written().findLast(({ key }) => key === 'views|1h|all')?.board;
    expect(last?.controlOffset).toBeGreaterThanOrEqual(2);
    await two.role.stop();
    expect([...one.crashes, ...two.crashes]).toEqual([]);
  });

  test('that are wrong are counted and change nothing', async () => {
    const world = rankWorld(1);
    await world.say(
      formulaRecord('views', { parameters: { bogus: 1 } }),
      formulaRecord('views', { version: 2 }),
    );
    await world.log.append({ topic: 'trending.control.v1', partition: 0 }, [
      { key: 'formula:views', value: new Uint8Array([9, 9]) },
    ]);
    const { role, crashes, metrics } = world.role();
    await role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    expect(version(world)).toBe(2);
    const text = await metrics.metrics();
    expect(text).toContain('trending_control_records_refused_total{kind="invalid"} 1');
    expect(text).toContain('trending_control_records_refused_total{kind="undecodable"} 1');
    expect(text).toContain('trending_control_offset 3');
    await role.stop();
    expect(crashes).toEqual([]);
  });

  test('price the first ten places by the formula in force, while they are the owner’s', async () => {
    const world = rankWorld(1);
    await world.say(formulaRecord('trending', { parameters: { floorVisitors: 9 }, version: 9 }));
    const { role, metrics } = world.role();
    await role.start();
    await world.send(set(10));
    await untilShown(world, 10);
    const price = 'trending_place_price_visitors{attacker="looking twice",window="1h"}';
    await expect.poll(() => metrics.metrics()).toContain(`${price} 9`);
    expect(await metrics.metrics()).toContain('trending_place_price_networks{attacker=');
    await role.stop();
    expect(await metrics.metrics()).not.toContain('trending_place_price_visitors{');
  });

  test('price no places once the boards are another’s, though some of its own were on their way', async () => {
    const world = rankWorld(1);
    const { role, log, metrics } = world.role();
    await role.start();
    await log.settled();
    const [held, released] = [createLatch(), createLatch()];
    const append = log.append.bind(log);
    vi.spyOn(log, 'append').mockImplementation(async (target, records) => {
      if (target.topic === topics.rankings.name) {
        held.open();
        await released.opened;
      }
      return append(target, records);
    });
    await world.send(set(10));
    await held.opened;
    const stopped = role.stop();
    await nextTurn();
    released.open();
    await stopped;
    const text = await metrics.metrics();
    expect(text).toContain('trending_rank_owner 0');
    expect(text).not.toContain('trending_place_price_visitors{');
    expect(text).not.toContain('trending_tokens_flagged{');
  });

  test('are told to operators, with what is held: by the owner', async () => {
    const world = rankWorld(1);
    const { role } = world.role();
    const ask = (path: string) => role.answers.find((one) => one.path.endsWith(path))?.answer();
    expect([ask('control'), ask('suspected')]).toEqual([undefined, undefined]);
    await world.say(suppressRecord('eth:bad'));
    await role.start();
    const items = [candidateOf('eth:a', { views: 10 }), candidateOf('eth:bad', { views: 90 })];
    await world.send(setOf({ items }));
    await untilShown(world, 10);
    expect(ask('control')).toMatchObject({ held: [{ key: 'suppress:eth:bad', author: 'tester' }] });
    const bad = { token: 'eth:bad', flags: ['held'], rawViews: 90 };
    expect(ask('suspected')).toMatchObject(
      ['views', 'classic', 'trending'].map((id) => ({ formula: { id }, items: [bad] })),
    );
    await role.stop();
  });
});
