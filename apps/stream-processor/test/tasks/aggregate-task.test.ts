import type { ConsumedRecord } from '@trending/kafka';
import { describe, expect, it } from 'vitest';
import { levelOf } from '../../src/domain/window-level.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import { AggregateTask } from '../../src/tasks/aggregate-task.ts';
import { viewOf } from '../support/views.ts';

const now = 1_700_000_000_500;
const idle = () => ({ lagMs: 0, costMs: 0 });

function taskUpTo(catchUpTo: number): AggregateTask {
  const categories = new CategoryTable();
  const state = new AggregateState({ from: 0, asOf: now, known: categories });
  const task = new AggregateTask({ partition: 0, state, catchUpTo, epoch: 3, categories });
  task.informed();
  return task;
}

function fold(task: AggregateTask, offset: number) {
  const key = Buffer.from('eth:0xa');
  const at = { topic: 'v', partition: 0, offset, timestamp: now };
  const record: ConsumedRecord = { ...at, key, value: null, headers: {} };
  return task.fold(record, { ok: true, value: viewOf({ at: now, viewer: offset }) });
}

describe('aggregate task', () => {
  it('emits nothing below the high watermark it found, then everything at once', () => {
    const task = taskUpTo(3);
    fold(task, 0);
    fold(task, 1);
    expect(task.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
    expect(task.punctuate(now, idle)).toEqual([]);
    expect(task.progress()).toEqual({ done: 2, total: 3 });
    fold(task, 2);
    const sets = task.punctuate(now, idle);
    expect(sets.map(({ window }) => window)).toEqual(['5m', '1h', '6h', '24h']);
    expect(sets[0]).toMatchObject({ epoch: 3, inputOffset: 3, partition: 0 });
  });

  it('has caught up at once with an empty partition', () => {
    expect(taskUpTo(0).punctuate(now, idle)).toHaveLength(4);
  });

  it('emits nothing while a dead letter is on its way', () => {
    const task = taskUpTo(0);
    task.deadLettersPending = 1;
    expect(task.punctuate(now, idle)).toEqual([]);
    expect(task.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('sends what changed in step with other partitions, of their window alone', () => {
    const task = taskUpTo(0);
    const level = levelOf('1h');
    task.punctuate(now, idle);
    fold(task, 0);
    expect(task.isDue(level, now + 249)).toBe(false);
    expect(task.punctuate(now + 124, idle, level)).toEqual([]);
    expect(task.punctuate(now + 125, idle, level).map(({ window }) => window)).toEqual(['1h']);
    expect(task.isDue(levelOf('5m'), now + 125)).toBe(true);
  });

  it('emits again at once under a new epoch, though nothing changed', () => {
    const task = taskUpTo(0);
    task.punctuate(now, idle);
    expect(task.punctuate(now, idle)).toEqual([]);
    task.reassigned(9, 0);
    expect(task.punctuate(now, idle).map(({ epoch }) => epoch)).toEqual([9, 9, 9, 9]);
  });

  it('skips a record it has, and stops at a gap', () => {
    const task = taskUpTo(0);
    fold(task, 0);
    fold(task, 0);
    expect(task.state.counts.accepted).toBe(1);
    expect(() => fold(task, 2)).toThrow('expected offset 1, found 2');
  });

  it('tells at a gap what helps, which is no restart', () => {
    const task = taskUpTo(0);
    fold(task, 0);
    expect(() => fold(task, 2)).toThrow(
      /restart does not mend it.*delete the topic token\.view-deltas\.v1 .*npm run topics:apply: see 'Offsets are gone' in docs\/operations\.md/,
    );
  });
});
