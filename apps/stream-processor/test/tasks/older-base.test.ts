import { topics, type ViewDelta } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { CheckpointWorld, deltas } from '../support/checkpoint-world.ts';
import { fold, setsAt, start, stateFrom } from '../support/log-fixtures.ts';

const views = Array.from({ length: 60 }, (_, i) => ({
  wait: 1_000,
  age: 0,
  token: `eth:0x${i % 3}`,
  viewer: i % 4,
  eventId: i % 50,
  flags: 0,
}));
const target = { topic: topics.viewDeltas.name, partition: 0 };

/** What a program with the former format left behind: its fence, a base of one part, and a delta that names it. */
async function leaveOlderBase(world: CheckpointWorld, end: number): Promise<void> {
  const common: ViewDelta = {
    ...{ kind: 'fence', ownerId: 'older', build: '', start: -1, end: -1, part: 0, parts: 0 },
    ...{ streamTime: 0, logTime: 0, chain: new Uint8Array(0), rules: 'panes-1' },
    ...{ baseAt: -1, recentAt: -1, payload: new Uint8Array(0) },
  };
  const append = (more: Partial<ViewDelta>) =>
    world.log.append(target, [{ key: '0', value: deltas.encode({ ...common, ...more }) }]);
  await append({});
  const oldSummary = Uint8Array.of(3, 0, end);
  const baseAt = await append({ kind: 'base', end, parts: 1, payload: oldSummary });
  const payload = Uint8Array.of(0, 0);
  await append({ kind: 'delta', start: end, end, baseAt, recentAt: baseAt, payload });
}

describe('a base of an older format', () => {
  test('is not read: the partition is counted anew from its views, above all epochs that were used', async () => {
    const world = new CheckpointWorld(views);
    await world.publish();
    const before = await world.owner().takeOver();
    before.fold(30);
    await before.base();
    await leaveOlderBase(world, 30);
    const next = await world.owner().takeOver();
    expect(next.task.position).toBe(0);
    expect(next.task.epoch).toBeGreaterThan(before.task.epoch);
    next.fold(60);
    await next.flush();
    const last = await world.owner().takeOver();
    expect(last.task.position).toBe(60);
    const state = stateFrom(0, start);
    fold(state, world.entries);
    const now = last.task.state.store.asOf;
    expect(last.task.state.summary().counts).toEqual(state.summary().counts);
    expect(setsAt(last.task.state, now)).toEqual(setsAt(state, now));
  });
});
