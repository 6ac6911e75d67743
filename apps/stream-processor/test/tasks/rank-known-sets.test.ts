import { type CandidateSet, topics, windowNames } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { KnownSets } from '../../src/tasks/rank-known-sets.ts';
import { RankTask } from '../../src/tasks/rank-task.ts';
import { candidateOf, setOf } from '../support/rank-fixtures.ts';
import { rankWorld } from '../support/rank-world.ts';

const partitions = 2;
const candidates = { topic: topics.candidates.name, partition: 0 };

const anySet = fc
  .record({
    window: fc.constantFrom(...windowNames),
    partition: fc.nat(partitions),
    epoch: fc.nat(2),
    inputOffset: fc.nat(5),
    asOf: fc.integer({ min: 3_600_000, max: 3_600_005 }),
    views: fc.integer({ min: 1, max: 90 }),
  })
  .map(({ views, ...head }) => setOf({ ...head, items: [candidateOf('eth:a', { views })] }));

describe('candidate sets known while standing by', () => {
  test('make the boards of whoever reads the whole topic, whenever one looked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anySet, fc.boolean()), { minLength: 1 }), async (does) => {
        const world = rankWorld(partitions);
        const known = new KnownSets(world.ports);
        const [whole, adopted] = [0, 1].map(() => reign());
        for (const [set, isLook] of does) {
          const offset = await world.send(set);
          whole?.accept(set, offset);
          if (isLook) await known.readTo(offset + 1);
        }
        await known.readTo(does.length);
        adopted?.adopt(await known.inForce());
        world.clock.advance(2_000);
        await whole?.emitDue(0);
        const first = world.written();
        await adopted?.emitDue(0);
        const second = world.written().slice(first.length);
        const shown = (records: typeof first) =>
          records.map(({ key, board }) => ({ key, items: board?.items, cut: board?.cut }));
        expect(shown(second)).toEqual(shown(first));
        expect(adopted?.position).toBe(whole?.position);

        function reign(): RankTask {
          const own = { ownerId: 'one', epoch: 0, boards: new Map(), catchUpTo: does.length };
          return new RankTask(world.ports, own);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('are read once each, and decoded only when asked for', async () => {
    const world = rankWorld(1);
    for (let views = 1; views <= 5; views += 1)
      await world.send(
        setOf({ asOf: 3_600_000 + views, items: [candidateOf('eth:a', { views })] }),
      );
    const decode = vi.spyOn(world.ports.candidates, 'decode');
    const ports = {
      ...world.ports,
      candidateHeads: { ...world.ports.candidateHeads, decode: headOf },
    };
    const known = new KnownSets(ports);
    await known.readTo(3);
    const read = vi.spyOn(world.log, 'read');
    await known.readTo(5);
    expect(read.mock.calls).toEqual([[candidates, { from: 3, to: 5 }]]);
    decode.mockClear();
    const sets = await known.inForce();
    expect(sets.map(({ set, offset }) => [set.items[0]?.views, offset])).toEqual([[5, 4]]);
    expect(decode).toHaveBeenCalledTimes(1);

    function headOf(bytes: Uint8Array) {
      return world.ports.candidateHeads.decode(bytes);
    }
  });

  test('leave out bytes that are none, and sets of partitions that there are not', async () => {
    const world = rankWorld(1);
    await world.log.append(candidates, [
      { key: '1h|0', value: new Uint8Array([1, 2, 3]) },
      { key: 'fence', value: null },
    ]);
    await world.send(setOf({ partition: 7 }), setOf({ partition: 0 }));
    const known = new KnownSets(world.ports);
    await known.readTo(4);
    const sets: readonly { readonly set: CandidateSet }[] = await known.inForce();
    expect(sets.map(({ set }) => set.partition)).toEqual([0]);
    const { values } = await world.ports.metrics.badCandidates.get();
    expect(values[0]?.value).toBe(1);
  });
});
