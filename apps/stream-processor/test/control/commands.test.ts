import { inMemorySerde } from '@trending/kafka/testing';
import { createLogger } from '@trending/runtime';
import { type Control, topics } from '@trending/schemas';
import { afterEach, describe, expect, test } from 'vitest';
import { runControl } from '../../src/control/commands.ts';
import { controlCommand } from '../../src/control/options.ts';
import type { RankRole } from '../../src/tasks/rank-role.ts';
import { candidateOf, setOf } from '../support/rank-fixtures.ts';
import { boards, type RankWorld, rankWorld } from '../support/rank-world.ts';

const roles: RankRole[] = [];
afterEach(async () => {
  for (const role of roles.splice(0)) await role.stop();
});

const files: Readonly<Record<string, string>> = {
  'slow.json': '{"id":"trending-b","base":"trending","parameters":{"supportVisitors":30}}',
  'views.json': '{"id":"views","parameters":{"minViews":3}}',
  'views-2.json': '{"id":"views","version":2,"parameters":{"minViews":4}}',
  'pair.json': '{"id":"interleave:views+gone","parameters":{}}',
  'bad.json': '{"id":"views","parameters":{"minVews":3}}',
  'wild.json': '{"id":"views","parameters":{"minViews":-3}}',
  'half.json': '{"id":"views","parameters":{"minViews":0.5}}',
  'text.json': 'minViews: 3',
  'odd.json': '{"id":"views","paramters":{}}',
};

/** Runs a command as typed; candidate sets keep coming while it waits. */
async function control(world: RankWorld, line: string) {
  const now = world.clock.now();
  const command = controlCommand(line.split(' '), { now, user: 'ann' });
  let sent = 0;
  const outcome = await runControl(command, {
    ...{ log: world.log, boards, clock: world.clock, prefix: '' },
    control: inMemorySerde<Control>(topics.control),
    logger: createLogger({ service: 'test', level: 'silent' }),
    readFile: (path) => files[path] ?? '',
    delay: async () => {
      sent += 1;
      world.clock.advance(1_000);
      const asOf = world.clock.now();
      const items = [candidateOf('eth:a', { views: 20 + sent })];
      await world.send(setOf({ asOf, inputOffset: asOf, items }));
      await world.log.settled();
    },
  });
  return outcome;
}

async function running(): Promise<RankWorld> {
  const world = rankWorld(1);
  const { role } = world.role();
  roles.push(role);
  await role.start();
  return world;
}

describe('npm run control', () => {
  test('sets a formula and waits until a board names it in its cut', async () => {
    const world = await running();
    const { text, isWell } = await control(world, 'formula slow.json --reason try --json');
    expect(isWell).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      ...{ key: 'formula:trending-b', version: 1, offset: 0 },
      board: { window: '1h', controlOffset: 1 },
    });
    const written = world.written().filter(({ key }) => key === 'trending-b|1h|all');
    expect(written.length).toBeGreaterThan(0);
  });

  test('says so when no ranker takes the word in time; the word is kept', async () => {
    const world = rankWorld(1);
    const { text, isWell } = await control(world, 'formula slow.json --wait 3');
    expect(isWell).toBe(false);
    expect(text).toContain('No board names it yet');
    expect((await control(world, 'list')).text).toContain('trending-b version 1');
  });

  test('gives the next version, and refuses one there was', async () => {
    const world = rankWorld(1);
    await control(world, 'formula views.json --wait 0');
    const { text } = await control(world, 'formula views.json --wait 0 --json');
    expect(JSON.parse(text)).toMatchObject({ key: 'formula:views', version: 3, board: null });
    await expect(control(world, 'formula views-2.json --wait 0')).rejects.toThrow(
      'version 2 of views: there is version 3 already',
    );
  });

  test.each([
    ['formula bad.json', /no parameter "minVews": known are minViews/],
    ['formula wild.json', /minViews is -3: give an integer from 1/],
    ['formula half.json', /minViews must be an integer/],
    ['formula text.json', /no JSON object/],
    ['formula odd.json', /"paramters": known are/],
    ['formula pair.json', /both formulas must be in force/],
    ['withdraw views', /nothing to withdraw/],
    ['release eth:a --reason x', /is not held/],
    ['suppress bad --reason x', /chain:address/],
  ])('refuses "%s" and writes nothing', async (line, problem) => {
    const world = rankWorld(1);
    await expect(control(world, `${line} --wait 0`)).rejects.toThrow(problem);
    expect((await world.log.endOffsets(topics.control.name)).get(0)).toBe(0);
  });

  test('refuses more formulas than are served', async () => {
    const world = rankWorld(1);
    for (let index = 0; index < 5; index += 1)
      await world.say({
        key: `formula:b${index}`,
        control: {
          ...{ kind: 'formula', id: `b${index}`, version: 1, effectiveFrom: 0 },
          ...{ parameters: '{"base":"views","parameters":{}}', author: '', reason: '' },
        },
      });
    await expect(control(world, 'formula slow.json --wait 0')).rejects.toThrow(
      'number 9 of at most 8 formulas',
    );
  });

  test('holds a token back, lists it, releases it, and remembers who said what', async () => {
    const world = await running();
    await control(world, 'suppress eth:a --reason wash');
    expect(world.written().findLast(({ key }) => key === 'views|1h|all')?.board?.items).toEqual([]);
    const list = JSON.parse((await control(world, 'list --json')).text);
    expect(list.held).toMatchObject([{ key: 'suppress:eth:a', says: 'held', reason: 'wash' }]);
    await control(world, 'release eth:a --reason fine');
    expect(JSON.parse((await control(world, 'list --json')).text).held).toEqual([]);
    const { text } = await control(world, 'history');
    expect(text.split('\n')[0]).toContain('suppress:eth:a version 1  "held"  by ann: wash');
    expect(text.split('\n')[1]).toContain('suppress:eth:a version 1  "released"  by ann: fine');
  });

  test('withdraws a formula with its reason; planned words are listed until their time', async () => {
    const world = rankWorld(1);
    await control(world, 'formula slow.json --effective-from +1h --wait 0');
    const planned = JSON.parse((await control(world, 'list --json')).text);
    expect(planned.planned).toMatchObject([{ key: 'formula:trending-b', version: 1 }]);
    expect(planned.formulas).toHaveLength(3);
    world.clock.advance(3_600_000);
    expect(JSON.parse((await control(world, 'list --json')).text).formulas).toHaveLength(4);
    await control(world, 'withdraw trending-b --reason worse --wait 0');
    world.clock.advance(1);
    expect(JSON.parse((await control(world, 'list --json')).text).formulas).toHaveLength(3);
    expect((await control(world, 'history')).text).toContain('"withdrawn"  by ann: worse');
  });
});
