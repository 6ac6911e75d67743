import { describe, expect, test } from 'vitest';
import { CheckpointSchedule } from '../../src/tasks/checkpoint-schedule.ts';

const minute = 60_000;
const nothing = { rows: 0, bytes: 0, isFirstBase: false };

describe('when checkpoints are due', () => {
  test('an idle partition writes its next base after a day, though every base is followed by a delta without rows', () => {
    const schedule = new CheckpointSchedule(0, 0);
    schedule.wroteBase(0);
    schedule.wroteDelta(0, { rows: 0, bytes: 2 });
    expect(schedule.due(6 * minute, nothing)).toBe('nothing');
    expect(schedule.due(23 * 60 * minute, nothing)).toBe('nothing');
    expect(schedule.due(24 * 60 * minute, nothing)).toBe('base');
  });

  test('a partition with views writes a delta after ten seconds and a base after five minutes', () => {
    const schedule = new CheckpointSchedule(0, 0);
    schedule.wroteBase(0);
    const unwritten = { rows: 1, bytes: 40, isFirstBase: false };
    expect(schedule.due(9_999, unwritten)).toBe('nothing');
    expect(schedule.due(10_000, unwritten)).toBe('delta');
    schedule.wroteDelta(10_000, { rows: 1, bytes: 40 });
    expect(schedule.due(5 * minute - 1, nothing)).toBe('nothing');
    expect(schedule.due(5 * minute, nothing)).toBe('base');
  });

  test('much unwritten or much since the base is due at once', () => {
    const schedule = new CheckpointSchedule(0, 0);
    schedule.wroteBase(0);
    expect(schedule.due(1, { rows: 9_000, bytes: 384 * 1024, isFirstBase: false })).toBe('delta');
    schedule.wroteDelta(1, { rows: 9_000, bytes: 32 * 1024 * 1024 });
    expect(schedule.due(2, nothing)).toBe('base');
  });
});
