import { topicName } from '@trending/kafka';
import { Registry as MetricsRegistry, systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { type Board, type CandidateSet, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoardFolder } from '../src/domain/board-fold.ts';
import { createRankRole, type RankRole } from '../src/tasks/rank-role.ts';
import { candidateOf, setOf } from './support/rank-fixtures.ts';
import { type BrokerWorld, brokerWorld, quietLogger } from './support/real-broker.ts';

let world: BrokerWorld;
beforeAll(async () => {
  world = await brokerWorld(1);
});
afterAll(() => world?.close());

const crashes: unknown[] = [];

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

async function send(views: number): Promise<void> {
  const serde = await world.registry.serde<CandidateSet>(topics.candidates, world.prefix);
  const set = setOf({ inputOffset: views, items: [candidateOf('eth:a', { views })] });
  const target = { topic: topicName(topics.candidates, world.prefix), partition: 0 };
  await world.log.append(target, [{ key: '1h|0', value: serde.encode(set) }]);
}

/** The boards as any reader holds them. */
async function boards(): Promise<BoardFolder> {
  const serde = await world.registry.serde<Board>(topics.rankings, world.prefix);
  const topic = topicName(topics.rankings, world.prefix);
  const to = (await world.log.endOffsets(topic)).get(0) ?? 0;
  const folder = new BoardFolder();
  for await (const { records } of world.log.read({ topic, partition: 0 }, { from: 0, to })) {
    for (const { key, value, offset } of records) {
      const decoded = value === null ? undefined : serde.decode(value);
      const board = decoded?.ok ? decoded.value : null;
      folder.apply({ key: Buffer.from(key ?? []).toString(), offset, board });
    }
  }
  return folder;
}

function shown(views: number): Promise<BoardFolder> {
  return until({ timeoutMs: 30_000, what: `a board with ${views} views` }, async () => {
    const held = await boards();
    return held.boards.get('views|1h|all')?.items[0]?.rawViews === views ? held : undefined;
  });
}

describe('rank roles on a real broker', () => {
  test('write the boards; when the owner leaves, the standby goes on under a higher epoch', async () => {
    const [one, two] = [role('one'), role('two')];
    await one.start();
    await send(10);
    const first = await shown(10);
    await two.start();
    await send(11);
    await shown(11);
    await one.stop();
    await send(12);
    const last = await shown(12);
    expect(last.epoch).toBeGreaterThan(first.epoch);
    const [before, after] = [first, last].map(({ boards: b }) => b.get('views|1h|all')?.items[0]);
    expect(after?.since).toBe(before?.since);
    expect(await two.ready[0]?.check()).toBeUndefined();
    await two.stop();
    expect(crashes).toEqual([]);
  });
});
