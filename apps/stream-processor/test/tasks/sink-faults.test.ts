import { setImmediate as nextTurn } from 'node:timers/promises';
import { topics } from '@trending/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fate, type SinkInstance, SinkWorld, viewOf } from '../support/sink-world.ts';

type Act =
  | { readonly do: 'append'; readonly partition: number; readonly views: number }
  | { readonly do: 'turns'; readonly count: number }
  | { readonly do: 'kill'; readonly how: 'dead' | 'zombie' }
  | { readonly do: 'join' }
  | { readonly do: 'leave' }
  | { readonly do: 'rebalance' }
  | { readonly do: 'clickhouse'; readonly fates: readonly Fate[] };

const fate = fc.constantFrom<Fate>(
  'lands',
  'lands, answer lost',
  'refused',
  'away',
  'only noted',
  'roll-up only noted',
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      partition: fc.nat(1),
      views: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.nat(12) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('kill' as const),
      how: fc.constantFrom('dead' as const, 'zombie' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'join' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'leave' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'rebalance' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('clickhouse' as const),
      fates: fc.array(fate, { maxLength: 6 }),
    }),
  },
);

const acts = fc.array(act, { minLength: 4, maxLength: 30 });
const turns = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 });
const limits = { rangeRecordsMax: 4, handOverMs: 1 };
const instancesMax = 3;

/** Runs the acts, then lets everything heal; tells how often each record is in ClickHouse, and what its roll-up counts. */
async function copiesAfter(
  acts: readonly Act[],
  commitTurns: readonly number[],
): Promise<{ copies: Map<string, number>; expected: string[]; rolledUp: number }> {
  const world = new SinkWorld();
  const expected: string[] = [];
  let fates: Fate[] = [];
  let commits = 0;
  world.commitTurns = () => commitTurns[commits++ % commitTurns.length] ?? 0;
  world.clickhouse.fate = async () => {
    await nextTurn();
    return fates.shift() ?? 'lands';
  };
  const living: SinkInstance[] = [];
  const join = async () => {
    if (living.length < instancesMax) living.push(await world.start(limits));
  };
  const run: Record<Act['do'], (one: never) => Promise<unknown>> = {
    async append({ partition, views }: Extract<Act, { do: 'append' }>) {
      const all = Array.from({ length: views }, () => viewOf());
      const first = await world.append({ topic: topics.views.name, partition }, all);
      for (let i = 0; i < views; i += 1) expected.push(`${partition}/${first + i}`);
    },
    async turns({ count }: Extract<Act, { do: 'turns' }>) {
      for (let i = 0; i < count; i += 1) await nextTurn();
    },
    kill: async ({ how }: Extract<Act, { do: 'kill' }>) => living.shift()?.kill(how),
    join,
    leave: async () => living.shift()?.role.stop(),
    rebalance: () => world.log.rebalance('clickhouse-sink'),
    async clickhouse(one: Extract<Act, { do: 'clickhouse' }>) {
      fates = [...one.fates];
    },
  };
  for (const one of acts) await run[one.do](one as never);
  fates = [];
  if (living.length === 0) await join();
  const copies = () => {
    const counted = new Map<string, number>();
    for (const { _partition, _offset } of world.clickhouse.table('token_views')) {
      const key = `${_partition}/${_offset}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    return counted;
  };
  const rolledUp = () =>
    [...world.clickhouse.rollup]
      .filter(([key]) => key.startsWith('token_views/'))
      .reduce((sum, [, { rows }]) => sum + rows, 0);
  // A raw row can be in before its roll-up: a repair may still be under way, so both are awaited.
  await world.until('every record', () => copies().size === expected.length);
  await world.until('every record rolled up', () => rolledUp() >= expected.length);
  await world.stop();
  return { copies: copies(), expected, rolledUp: rolledUp() };
}

test('whatever dies, lies or moves between any two steps, every record is in ClickHouse once, in the roll-up too', async () => {
  await fc.assert(
    fc.asyncProperty(acts, turns, async (does, commitTurns) => {
      const { copies, expected, rolledUp } = await copiesAfter(does, commitTurns);
      expect([...copies.keys()].sort()).toEqual([...expected].sort());
      expect([...copies].filter(([, count]) => count !== 1)).toEqual([]);
      expect(rolledUp).toBe(expected.length);
    }),
    { numRuns: 60 },
  );
}, 20_000);
