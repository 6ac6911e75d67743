import { inMemorySerde } from '@trending/kafka/testing';
import { topics, type ViewerJourneys } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import type { FoldableRecord } from '../../src/verify/rebuild.ts';
import { journeyPorts } from '../../src/verify/told-journeys.ts';
import { verdictText } from '../../src/verify/verify-command.ts';
import { type VerifyPorts, verifyPartition } from '../../src/verify/verify-partition.ts';
import { CheckpointWorld, portsOf } from '../support/checkpoint-world.ts';
import { setsAt } from '../support/log-fixtures.ts';

const views = inMemorySerde<FoldedView>(topics.views);

const some = Array.from({ length: 80 }, (_, i) => ({
  wait: 20_000,
  age: (i % 3) * 60_000,
  token: i % 2 === 0 ? 'eth:0xa' : 'sol:B',
  viewer: i % 7,
  eventId: i % 70,
  flags: 0,
}));

async function verifyPorts(world: CheckpointWorld): Promise<VerifyPorts> {
  const { log } = world;
  return {
    ...portsOf(world),
    categories: new CategoryTable(),
    deltasStart: await log.startOffsets(topics.viewDeltas.name),
    deltasEnd: await log.endOffsets(topics.viewDeltas.name),
    viewsStart: await log.startOffsets(topics.views.name),
    viewsEnd: await log.endOffsets(topics.views.name),
    ...(await journeyPorts(log, inMemorySerde<ViewerJourneys>(topics.journeys), '')),
    async *views(partition, { from, to }): AsyncGenerator<FoldableRecord> {
      for await (const { records } of log.read(
        { topic: topics.views.name, partition },
        { from, to },
      ))
        for (const record of records) {
          const decoded = record.value && views.decode(record.value);
          if (decoded) yield { record, decoded };
        }
    },
    offsetsForTime: (time) => log.offsetsForTime(topics.views.name, time),
  };
}

describe('verifying the state', () => {
  test('finds checkpoints and candidate sets equal to a rebuild from the views', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const sets = setsAt(owner.task.state, world.clock.now());
    await owner.base();
    owner.fold(20);
    await owner.flush();
    const verdict = await verifyPartition(await verifyPorts(world), 0, sets);
    expect(verdict).toMatchObject({ checkedAt: 70, differences: [], sets: 4, wrongSets: [] });
    expect(verdict.cells).toBeGreaterThan(10);
    expect(verdictText([verdict])).toMatchObject({ isWell: true });
  });

  test('takes sets that stand behind the last checkpoint for what they are, whatever time it is now', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    await owner.base();
    await owner.flush();
    owner.fold(20);
    const sets = setsAt(owner.task.state, world.clock.now());
    world.clock.advance(10 * 60_000);
    const verdict = await verifyPartition(await verifyPorts(world), 0, sets);
    expect(verdict).toMatchObject({ checkedAt: 50, differences: [], sets: 4, wrongSets: [] });
  });

  test('names the cell when a view is counted twice, and the set that shows it', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const twice = world.entries[40]?.view;
    if (twice !== undefined) owner.task.state.store.add(twice);
    const sets = setsAt(owner.task.state, world.clock.now());
    await owner.base();
    const verdict = await verifyPartition(await verifyPorts(world), 0, sets);
    expect(verdict.differences[0]).toMatchObject({ cell: expect.stringContaining('eth:0xa') });
    expect(verdict.wrongSets).toContain('24h');
    const { text, isWell } = verdictText([verdict]);
    expect(isWell).toBe(false);
    expect(text).toContain('DIFFERENT');
  });

  test('fails when a partition has records and neither checkpoints nor sets to compare', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const verdict = await verifyPartition(await verifyPorts(world), 0, []);
    expect(verdict).toMatchObject({
      checkedAt: undefined,
      records: some.length,
      cells: 0,
      sets: 0,
    });
    const { text, isWell } = verdictText([verdict]);
    expect(isWell).toBe(false);
    expect(text).toContain('partition 0 has 80 records, but no checkpoint');
    expect(verdictText([{ ...verdict, records: 0 }]).isWell).toBe(true);
  });

  test.each([
    ['a dead letter that can be read by now is no difference', 'deadLettered', true],
    ['a record of another class is one', 'duplicate', false],
  ] as const)('%s', async (_, name, isWell) => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const { counts } = owner.task.state;
    counts[name] += 1;
    counts.counted -= 1;
    await owner.base();
    const found = verdictText([await verifyPartition(await verifyPorts(world), 0, [])]);
    expect(found.isWell).toBe(isWell);
    expect(found.text.includes('whose schema came later')).toBe(isWell);
  });

  test('a record that was counted twice is found by the classes, too', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const { counts } = owner.task.state;
    counts.accepted += 1;
    counts.counted += 1;
    await owner.base();
    const { text, isWell } = verdictText([await verifyPartition(await verifyPorts(world), 0, [])]);
    expect(isWell).toBe(false);
    expect(text).toContain('class counted: checkpoint');
  });

  test('says how many sets were left out, and fails when there was nothing else', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const sets = setsAt(owner.task.state, world.clock.now()).map((set) => ({
      ...set,
      metadataOffset: 7,
    }));
    const nothing = await verifyPartition(await verifyPorts(world), 0, sets);
    expect(nothing).toMatchObject({ sets: 0, setsLeftOut: 4, wrongSets: [] });
    expect(verdictText([nothing]).isWell).toBe(false);
    await owner.base();
    const verdict = await verifyPartition(await verifyPorts(world), 0, sets);
    const { text, isWell } = verdictText([verdict]);
    expect([isWell, verdict.setsLeftOut]).toEqual([true, 4]);
    expect(text).toContain('4 sets left out');
  });

  test('names the class whose records were counted wrongly, though every cell is right', async () => {
    const world = new CheckpointWorld(some);
    await world.publish();
    const owner = await world.owner().takeOver();
    owner.fold(50);
    const { counts } = owner.task.state;
    counts.counted -= 1;
    counts.duplicate += 1;
    await owner.base();
    const verdict = await verifyPartition(await verifyPorts(world), 0, []);
    expect(verdict.hasComparedClasses).toBe(true);
    expect(verdict.differences.map(({ cell }) => cell)).toEqual([
      'class counted',
      'class duplicate',
    ]);
    expect(verdictText([verdict]).isWell).toBe(false);
  });
});
