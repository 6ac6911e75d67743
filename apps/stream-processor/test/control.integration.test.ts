import { topicName } from '@trending/kafka';
import { Registry as MetricsRegistry, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { type Board, type CandidateSet, type Control, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runControl } from '../src/control/commands.ts';
import { controlCommand } from '../src/control/options.ts';
import { createRankRole, type RankRole } from '../src/tasks/rank-role.ts';
import { candidateOf, setOf } from './support/rank-fixtures.ts';
import { type BrokerWorld, brokerWorld, quietLogger } from './support/real-broker.ts';

let world: BrokerWorld;
beforeAll(async () => {
  world = await brokerWorld(1);
});
afterAll(() => world?.close());

const crashes: unknown[] = [];
const begin = Date.now();
/** Event time of the boards, driven by the candidate sets of the test. */
let asOf = begin;

function role(name: string): RankRole {
  return createRankRole({
    log: world.connect(name),
    registry: world.registry,
    logger: quietLogger,
    metrics: new MetricsRegistry(),
    clock: systemClock,
    topicPrefix: world.prefix,
    crash: (error) => crashes.push(error),
  });
}

const items = [
  candidateOf('eth:old', { views: 60, viewsPrev: 60 }),
  candidateOf('eth:young', { views: 30, viewsPrev: 0 }),
];

/** The set of a later moment; its board is waited for. */
async function step(at: number): Promise<Board> {
  asOf = at;
  const serde = await world.registry.serde<CandidateSet>(topics.candidates, world.prefix);
  // A view more each time, so that every set changes every board.
  const set = setOf({
    ...{ asOf, inputOffset: asOf, lastPane: Math.floor(asOf / 60_000) * 60_000 },
    items: items.map((item) => ({ ...item, firstSeenAt: asOf, visitors: asOf % 1_000_000 })),
  });
  const target = { topic: topicName(topics.candidates, world.prefix), partition: 0 };
  await world.log.append(target, [{ key: '1h|0', value: serde.encode(set) }]);
  const what = { timeoutMs: 30_000, what: `a board of ${asOf}` };
  return until(what, async () => (await boards()).find((board) => board.asOf === at));
}

/** Every version of the classic board over everything, in order. */
async function boards(): Promise<Board[]> {
  const serde = await world.registry.serde<Board>(topics.rankings, world.prefix);
  const topic = topicName(topics.rankings, world.prefix);
  const to = (await world.log.endOffsets(topic)).get(0) ?? 0;
  const found: Board[] = [];
  for await (const { records } of world.log.read({ topic, partition: 0 }, { from: 0, to })) {
    for (const { key, value } of records) {
      const decoded = value === null ? undefined : serde.decode(value);
      if (decoded?.ok && `${Buffer.from(key ?? [])}` === 'classic|1h|all')
        found.push(decoded.value);
    }
  }
  return found;
}

async function control(line: string, file: string) {
  const command = controlCommand(line.split(' '), { now: begin, user: 'ann' });
  const { registry, log, prefix } = world;
  const outcome = await runControl(command, {
    ...{ log, prefix, logger: quietLogger, clock: systemClock },
    control: await registry.serde<Control>(topics.control, prefix),
    boards: await registry.serde<Board>(topics.rankings, prefix),
    readFile: () => file,
    delay: () => step(asOf + 1),
  });
  return { ...JSON.parse(outcome.text), isWell: outcome.isWell };
}

const ranked = (board: Board) => board.items.map(({ token }) => token);

describe('a weight changed while the rank role runs', () => {
  test('takes the board to the new version at the stated event time, with the ranks, and over a failover', async () => {
    const one = role('one');
    await one.start();
    const byViews =
      '{"id":"classic","parameters":{"viewsWeightMicro":1000000,"changeWeightMicro":0,"freshWeightMicro":0,"uniqueWeightMicro":0}}';
    const byChange = byViews
      .replace('"viewsWeightMicro":1000000', '"viewsWeightMicro":0')
      .replace('"changeWeightMicro":0', '"changeWeightMicro":1000000');
    await step(begin);
    const first = await control('formula f.json --json', byViews);
    expect(first).toMatchObject({ version: 2, isWell: true, board: { controlOffset: 1 } });

    const from = begin + 60_000;
    const planned = await control(`formula f.json --json --effective-from ${from}`, byChange);
    expect(planned).toMatchObject({ version: 3, isWell: true, board: { controlOffset: 2 } });
    const before = await step(from - 1);
    expect(before.formula.version).toBe(2);
    expect(ranked(before)).toEqual(['eth:old', 'eth:young']);
    const after = await step(from);
    expect(after.formula.version).toBe(3);
    expect(ranked(after)).toEqual(['eth:young', 'eth:old']);
    for (const board of await boards())
      expect([board.asOf >= from, board.formula.version === 3]).toEqual(
        board.asOf >= from ? [true, true] : [false, false],
      );

    const two = role('two');
    await two.start();
    await one.stop();
    const taken = await step(from + 1_000);
    expect(taken.epoch).toBeGreaterThan(after.epoch);
    expect(taken.formula).toEqual(after.formula);
    expect(ranked(taken)).toEqual(['eth:young', 'eth:old']);
    expect(taken.controlOffset).toBe(after.controlOffset);
    await two.stop();
    expect(crashes).toEqual([]);
  });
});
