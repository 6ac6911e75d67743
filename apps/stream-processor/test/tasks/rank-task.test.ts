import { until } from '@trending/runtime/testing';
import {
  boardEpochHeader,
  type Candidate,
  type CandidateSet,
  deletedInEpoch,
  windowNames,
} from '@trending/schemas';
import { describe, expect, test, vi } from 'vitest';
import { KnownBoards } from '../../src/tasks/rank-known-boards.ts';
import { takeOver } from '../../src/tasks/rank-ownership.ts';
import { RankTask } from '../../src/tasks/rank-task.ts';
import { suppressRecord } from '../support/control-words.ts';
import { candidateOf, setOf } from '../support/rank-fixtures.ts';
import { boards, type RankWorld, rankings, rankWorld } from '../support/rank-world.ts';

const items = [candidateOf('eth:a', { views: 30 }), candidateOf('eth:b', { views: 20 })];

async function reign(world: RankWorld, ownerId = 'one'): Promise<RankTask> {
  return new RankTask(
    world.ports,
    await takeOver(world.ports, ownerId, new KnownBoards(world.ports)),
  );
}

/** Gives the task a set as if read from the candidates topic. */
let offset = 0;
function give(task: RankTask, given: Partial<CandidateSet>): void {
  offset += 1;
  task.accept(setOf({ inputOffset: offset, ...given }), offset);
}

const keys = (world: RankWorld) => world.written().map(({ key }) => key);

describe('an owner of the boards', () => {
  test('opens its epoch with a fence, then writes every board from sequence 1', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { items });
    await task.emitDue(0);
    expect(keys(world)).toEqual([
      'fence',
      'views|1h|all',
      'classic|1h|all',
      'trending|1h|all',
      'views|1h|chain:eth',
      'classic|1h|chain:eth',
      'trending|1h|chain:eth',
    ]);
    expect(world.written()[0]?.board?.items).toEqual([]);
    for (const { board } of world.written().slice(1))
      expect([board?.epoch, board?.seq]).toEqual([0, 1]);
  });

  test('emits at once when quiet, then spaces the boards of a window', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { window: '5m', items });
    expect(task.nextDueAt()).toBeLessThanOrEqual(world.clock.now());
    await task.emitDue(0);
    give(task, { window: '5m', items: [candidateOf('eth:a', { views: 31 })] });
    expect(task.nextDueAt()).toBe(world.clock.now() + 50);
    await task.emitDue(0);
    expect(world.written()).toHaveLength(7);
    world.clock.advance(50);
    await task.emitDue(0);
    expect(keys(world).slice(7)).toEqual(['views|5m|all', 'classic|5m|all', 'trending|5m|all']);
    world.clock.advance(450);
    await task.emitDue(0);
    expect(keys(world).slice(10)).toEqual([
      'views|5m|chain:eth',
      'classic|5m|chain:eth',
      'trending|5m|chain:eth',
    ]);
  });

  test('a set that comes while boards are on their way goes out after them', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { window: '5m', items });
    const underWay = task.emitDue(0);
    give(task, { window: '5m', items: [candidateOf('eth:a', { views: 31 })] });
    await underWay;
    expect(task.nextDueAt()).toBe(world.clock.now() + 50);
    world.clock.advance(500);
    await task.emitDue(0);
    const last = world.written().findLast(({ key }) => key === 'views|5m|all');
    expect(last?.board?.items.map(({ rawViews }) => rawViews)).toEqual([31]);
  });

  test('does not write a board again that shows the same', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { items });
    await task.emitDue(0);
    world.clock.advance(10_000);
    give(task, { items, asOf: 3_610_000 });
    await task.emitDue(0);
    expect(world.written()).toHaveLength(7);
  });

  test('writes what the boards of a minute were made of behind them', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    const written = () => world.log.records('token.features.v1', 0).map(({ key }) => `${key}`);
    give(task, { items });
    await task.emitDue(0);
    expect(written()).toEqual(['1h']);
    world.clock.advance(30_000);
    give(task, { items, asOf: 3_630_000 });
    await task.emitDue(0);
    expect(written()).toEqual(['1h']);
    world.clock.advance(30_000);
    give(task, { items, asOf: 3_660_000 });
    await task.emitDue(0);
    expect(written()).toEqual(['1h', '1h']);
  });

  test('writes only boards of windows whose sets changed', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    for (const window of windowNames) give(task, { window, items });
    await task.emitDue(0);
    const before = world.written().length;
    world.clock.advance(10_000);
    give(task, { window: '6h', items: [candidateOf('eth:a', { views: 31 })] });
    await task.emitDue(0);
    expect(
      new Set(
        keys(world)
          .slice(before)
          .map((key) => key.split('|')[1]),
      ),
    ).toEqual(new Set(['6h']));
  });

  test('writes the boards of windows at rest again when an operator said something', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    for (const window of windowNames) give(task, { window, items });
    await task.emitDue(0);
    world.ports.control.table.apply({ ...suppressRecord('eth:a'), offset: 0 });
    world.clock.advance(10_000);
    give(task, { window: '5m', items, asOf: 3_610_000 });
    await task.emitDue(0);
    for (const window of windowNames) {
      const key = `views|${window}|all`;
      const board = world.written().findLast((record) => record.key === key)?.board;
      expect(board, window).toMatchObject({ controlOffset: 1, asOf: 3_610_000 });
      expect(
        board?.items.some(({ token }) => token === 'eth:a'),
        window,
      ).toBe(false);
    }
    expect(task.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  test('counts an alarm once, when a token gets its flag', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    const burst = { views: 60, burstMicro: 9_000_000, burstStart: 3_000_000 };
    const site = { ...setOf().site, histH: 1_000_000, hours: 40 };
    const step = async (given: Partial<Candidate>) => {
      const candidate = candidateOf('eth:a', { histMinutes: 2_400, histH: 1, ...given });
      give(task, {
        site,
        items: [candidate, candidateOf('eth:b', { views: 400, histH: 999_999 })],
      });
      await task.emitDue(0);
      world.clock.advance(10_000);
    };
    const counted = async () => {
      const { alarmsRaised, tokensFlagged } = world.ports.metrics;
      const of = async (metric: typeof alarmsRaised | typeof tokensFlagged) =>
        (await metric.get()).values.find(({ labels }) => labels.flag === 'burst')?.value;
      return [await of(alarmsRaised), await of(tokensFlagged)];
    };
    await step(burst);
    expect(await counted()).toEqual([1, 1]);
    await step({ ...burst, views: 61 });
    expect(await counted()).toEqual([1, 1]);
    await step({ views: 61 });
    expect(await counted()).toEqual([1, 0]);
  });

  test('tells of each part how long its boards took, so parts without boards hide nothing', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { window: '5m', items });
    await task.emitDue(0);
    const { values } = await world.ports.metrics.scoreSeconds.get();
    const counts = values.filter(({ metricName }) => metricName === 'trending_score_seconds_count');
    expect(counts.map(({ labels, value }) => [labels.window, labels.part, value])).toEqual(
      expect.arrayContaining([
        ['5m', 'all', 1],
        ['5m', 'scopes 0', 1],
      ]),
    );
  });

  test('writes the boards of a window over all tokens in one append, before all others', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    let appends = 0;
    world.log.onAppend(() => {
      appends += 1;
      return undefined;
    });
    for (const window of windowNames) give(task, { window, items });
    await task.emitDue(0);
    expect(keys(world).slice(1, 7)).toEqual([
      ...['views|5m|all', 'classic|5m|all', 'trending|5m|all'],
      ...['views|1h|all', 'classic|1h|all', 'trending|1h|all'],
    ]);
    // Two parts of each window, and its features.
    expect([appends, world.written().length]).toEqual([3 * windowNames.length, 25]);
  });

  test('lets a short window go first again while longer ones wait', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    for (const window of windowNames) give(task, { window, items });
    let appends = 0;
    world.log.onAppend(() => {
      appends += 1;
      if (appends !== 2) return undefined;
      // The features behind the first part take so long that its spacing is over.
      world.clock.advance(60);
      give(task, { window: '5m', items: [candidateOf('eth:a', { views: 31 })] });
      return undefined;
    });
    await task.emitDue(0);
    const order = keys(world).filter((key) => key.startsWith('views') && key.endsWith('|all'));
    expect(order.slice(0, 3)).toEqual(['views|5m|all', 'views|5m|all', 'views|1h|all']);
  });

  test('makes the boards of a short window while those of a long one are on their way', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    const acknowledged = Promise.withResolvers<void>();
    const append = world.log.append.bind(world.log);
    vi.spyOn(world.log, 'append').mockImplementation(async (target, records) => {
      const first = await append(target, records);
      if (records.some(({ key }) => `${key}`.includes('|6h|'))) await acknowledged.promise;
      return first;
    });
    give(task, { window: '6h', items });
    const emitted = task.emitDue(0);
    give(task, { window: '5m', items });
    await until({ timeoutMs: 2_000, what: 'boards of 5m' }, () =>
      keys(world).find((key) => key === 'views|5m|all'),
    );
    expect(task.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
    acknowledged.resolve();
    await emitted;
    expect(task.isSuperseded).toBe(false);
  });

  test('empties the board of a chain that has no views any more, and its successor deletes it', async () => {
    const world = rankWorld(1);
    const first = await reign(world);
    give(first, { items: [...items, candidateOf('sol:c')] });
    await first.emitDue(0);
    world.clock.advance(10_000);
    give(first, { items, asOf: 3_610_000 });
    await first.emitDue(0);
    const last = () => world.written().findLast(({ key }) => key === 'views|1h|chain:sol');
    expect([last()?.board?.seq, last()?.board?.items]).toEqual([2, []]);
    const second = await reign(world, 'two');
    give(second, { items, asOf: 3_610_000 });
    await second.emitDue(0);
    expect(last()?.board).toBeNull();
  });

  test('says nothing before it has read the candidates back', async () => {
    const world = rankWorld(1);
    await world.send(setOf({ items }), setOf({ items, asOf: 3_600_001 }));
    const task = await reign(world);
    task.accept(setOf({ items }), 0);
    await task.emitDue(0);
    expect([task.isCaughtUp, task.nextDueAt()]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(keys(world)).toEqual(['fence']);
    task.accept(setOf({ items, asOf: 3_600_001 }), 1);
    await task.emitDue(0);
    expect(world.written()).toHaveLength(7);
  });
});

describe('a successor', () => {
  test('writes unchanged boards again under its epoch, with the ranks, since and state it read', async () => {
    const world = rankWorld(1);
    const first = await reign(world);
    give(first, { items });
    await first.emitDue(0);
    const second = await reign(world, 'two');
    give(second, { items });
    await second.emitDue(0);
    const [before, after] = world.written().filter(({ key }) => key === 'views|1h|all');
    expect(after?.board).toEqual({
      ...before?.board,
      epoch: second.epoch,
      seq: 1,
      cut: expect.anything(),
    });
    expect(second.epoch).toBe(7);
  });

  test('reads the same from compacted boards', async () => {
    const world = rankWorld(1);
    const first = await reign(world);
    for (const views of [30, 31, 32]) {
      give(first, { items: [candidateOf('eth:a', { views })] });
      await first.emitDue(0);
      world.clock.advance(1_000);
    }
    world.log.compact(rankings);
    const own = await takeOver(world.ports, 'two', new KnownBoards(world.ports));
    expect(own.boards.get('views|1h|all')?.items[0]?.rawViews).toBe(32);
  });
});

describe('the self-check', () => {
  test('finds the fence of a newer owner, and the older one falls silent', async () => {
    const world = rankWorld(1);
    const zombie = await reign(world);
    await reign(world, 'two');
    await zombie.selfCheck();
    expect(zombie.isSuperseded).toBe(true);
    give(zombie, { items });
    await zombie.emitDue(0);
    expect(keys(world)).toEqual(['fence', 'fence']);
  });

  test('happens with every append too', async () => {
    const world = rankWorld(1);
    const zombie = await reign(world);
    await reign(world, 'two');
    give(zombie, { items });
    await zombie.emitDue(0);
    expect(zombie.isSuperseded).toBe(true);
  });

  test('covers a late board of an older owner by writing ours again', async () => {
    const world = rankWorld(1);
    const zombie = await reign(world);
    const owner = await reign(world, 'two');
    give(owner, { items });
    await owner.emitDue(0);
    give(zombie, { items: [candidateOf('eth:zombie', { views: 99 })] });
    await zombie.emitDue(0);
    await owner.selfCheck();
    const newest = new Map(world.written().map(({ key, board }) => [key, board]));
    for (const [key, board] of newest) {
      if (key === 'fence') continue;
      // With its first append the zombie found out, so it wrote no other.
      expect([key, board?.epoch, board?.seq]).toEqual([
        ...[key, owner.epoch],
        key.endsWith('|all') ? 2 : 1,
      ]);
      expect(board?.items.map(({ token }) => token)).toEqual(['eth:a', 'eth:b']);
    }
  });

  test('that an append brings finds a late board too', async () => {
    const world = rankWorld(1);
    const zombie = await reign(world);
    const owner = await reign(world, 'two');
    give(owner, { items });
    await owner.emitDue(0);
    give(zombie, { items: [candidateOf('eth:zombie', { views: 99 })] });
    await zombie.emitDue(0);
    give(owner, { window: '6h', items });
    await owner.emitDue(0);
    const newest = world.written().findLast(({ key }) => key === 'views|1h|all');
    expect([newest?.board?.epoch, newest?.board?.seq]).toEqual([owner.epoch, 2]);
  });

  test('covers a late deletion of an older owner by writing ours again', async () => {
    const world = rankWorld(1);
    const first = await reign(world);
    give(first, { items });
    await first.emitDue(0);
    // It restored a board whose formula nobody computes, and was to delete it.
    const key = 'views|1h|all';
    const zombie = await reign(world, 'zombie');
    const owner = await reign(world, 'three');
    give(owner, { items });
    await owner.emitDue(0);
    const headers = { [boardEpochHeader]: String(zombie.epoch) };
    await world.log.append({ topic: rankings, partition: 0 }, [{ key, value: null, headers }]);
    await owner.selfCheck();
    const last = world.written().at(-1);
    expect([last?.key, last?.board?.epoch, last?.board?.seq]).toEqual([key, owner.epoch, 2]);
  });

  test('leaves its own deletions alone', async () => {
    const world = rankWorld(1);
    const first = await reign(world);
    give(first, { items: [...items, candidateOf('sol:c')] });
    await first.emitDue(0);
    const second = await reign(world, 'two');
    give(second, { items, asOf: 3_610_000 });
    await second.emitDue(0);
    const deletion = world.log.records(rankings, 0).find(({ value }) => value === null);
    expect(deletedInEpoch(deletion?.headers ?? {})).toBe(second.epoch);
    const before = world.written().length;
    await second.selfCheck();
    expect(world.written()).toHaveLength(before);
  });

  test('is content with copies of its own records', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    give(task, { items });
    await task.emitDue(0);
    const own = world.log.records(rankings, 0);
    const copies = [own.at(0)!, own.at(-1)!].map(({ key, value }) => ({ key, value }));
    await world.log.append({ topic: rankings, partition: 0 }, copies);
    await task.selfCheck();
    expect(task.isSuperseded).toBe(false);
    expect(world.written()).toHaveLength(9);
  });

  test('passes over bytes that are no board', async () => {
    const world = rankWorld(1);
    const task = await reign(world);
    await world.log.append({ topic: rankings, partition: 0 }, [
      { key: 'views|1h|all', value: new Uint8Array([1, 2, 3]) },
    ]);
    await task.selfCheck();
    expect(task.isSuperseded).toBe(false);
    expect(boards.decode(new Uint8Array([1, 2, 3]))?.ok).toBe(false);
  });
});
