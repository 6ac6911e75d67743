import { type Board, boardEpochHeader, boardFenceKey } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { fenceBoard } from '../../src/domain/board-fold.ts';
import { KnownBoards } from '../../src/tasks/rank-known-boards.ts';
import { boards, type RankWorld, rankings, rankWorld } from '../support/rank-world.ts';

const target = { topic: rankings, partition: 0 };

function boardOf(scope: string, epoch: number, seq: number): Board {
  return {
    ...fenceBoard('', 1),
    formula: { id: 'views', version: 1, hash: '' },
    scope,
    epoch,
    seq,
  };
}

const write = (world: RankWorld, key: string, board: Board | null) =>
  world.log.append(target, [{ key, value: board === null ? null : boards.encode(board) }]);

const remove = (world: RankWorld, key: string, epoch: number) =>
  world.log.append(target, [{ key, value: null, headers: { [boardEpochHeader]: `${epoch}` } }]);

const steps = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant({ do: 'fence' } as const) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('delete'), scope: fc.nat(3), isLate: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'look' } as const) },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('board'), scope: fc.nat(3), isLate: fc.boolean() }),
    },
  ),
  { maxLength: 40 },
);

describe('boards known while standing by', () => {
  test('are those of whoever reads the whole topic, whatever was written and whenever one looked', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (does) => {
        const world = rankWorld(1);
        const standby = new KnownBoards(world.ports);
        let [epoch, before, seq] = [-1, -1, 0];
        const end = async () => (await world.log.endOffsets(rankings)).get(0) ?? 0;
        for (const step of does) {
          seq += 1;
          if (step.do === 'fence') {
            before = epoch;
            epoch = await write(world, boardFenceKey, fenceBoard('somebody', 1));
          } else if (step.do === 'delete' && 'isLate' in step)
            await remove(world, `s${step.scope}`, step.isLate ? before : epoch);
          else if (step.do === 'look') await standby.readTo(await end());
          else if ('isLate' in step) {
            const board = boardOf(`s${step.scope}`, step.isLate ? before : epoch, seq);
            await write(world, `s${step.scope}`, board);
          }
        }
        const fresh = new KnownBoards(world.ports);
        await Promise.all([standby.readTo(await end()), fresh.readTo(await end())]);
        expect(await standby.inForce()).toEqual(await fresh.inForce());
      }),
      { numRuns: 60 },
    );
  });

  test('are not read a second time', async () => {
    const world = rankWorld(1);
    for (const seq of [1, 2, 3]) await write(world, 'a', boardOf('a', 0, seq));
    const known = new KnownBoards(world.ports);
    await known.readTo(3);
    await write(world, 'a', boardOf('a', 0, 4));
    const read = vi.spyOn(world.log, 'read');
    await Promise.all([known.readTo(4), known.readTo(4)]);
    expect(read.mock.calls).toEqual([[target, { from: 3, to: 4 }]]);
    expect((await known.inForce()).get('a')?.seq).toBe(4);
  });

  test('are not read again for a fence that lies before what is known', async () => {
    const world = rankWorld(1);
    await write(world, 'a', boardOf('a', 0, 1));
    const fence = await write(world, boardFenceKey, fenceBoard('us', 1));
    await write(world, 'a', boardOf('a', 0, 2));
    const known = new KnownBoards(world.ports);
    await known.readTo(3);
    const read = vi.spyOn(world.log, 'read');
    await known.readTo(fence);
    expect(read).not.toHaveBeenCalled();
    expect((await known.inForce()).get('a')?.seq).toBe(1);
  });

  test('are forgotten when the topic was made anew', async () => {
    const world = rankWorld(1);
    for (const seq of [1, 2, 3]) await write(world, 'a', boardOf('a', 0, seq));
    const known = new KnownBoards(world.ports);
    await known.readTo(3);
    vi.spyOn(world.log, 'endOffsets').mockResolvedValue(new Map([[0, 0]]));
    await known.readTo(0);
    expect(await known.inForce()).toEqual(new Map());
  });
});
