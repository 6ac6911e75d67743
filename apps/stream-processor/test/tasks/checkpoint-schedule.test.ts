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
    expect(schedule.due(1, { rows: 9_000, bytes: 640 * 1024, isFirstBase: false })).toBe('delta');
    schedule.wroteDelta(1, { rows: 9_000, bytes: 32 * 1024 * 1024 });
    expect(schedule.due(2, nothing)).toBe('base');
  });

  test('a base goes before a delta, which it brings along', () => {
    const schedule = new CheckpointSchedule(0, 0);
    schedule.wroteDelta(0, { rows: 1, bytes: 40 });
    const unwritten = { rows: 9_000, bytes: 640 * 1024, isFirstBase: false };
    expect(schedule.due(5 * minute - 1, unwritten)).toBe('delta');
    expect(schedule.due(5 * minute, unwritten)).toBe('base');
  });

  const known = { baseAt: 7, recentAt: 2, writtenAt: 0, bytesSince: 0 };

  test('a new owner goes on with the age of the base that it found', () => {
    const idle = new CheckpointSchedule(23 * 60 * minute, 0, known);
    expect(idle.due(24 * 60 * minute - 1, nothing)).toBe('nothing');
    expect(idle.due(24 * 60 * minute, nothing)).toBe('base');
    const busy = new CheckpointSchedule(4 * minute, 0, { ...known, bytesSince: 40 });
    expect(busy.due(5 * minute - 1, nothing)).toBe('nothing');
    expect(busy.due(5 * minute, nothing)).toBe('base');
  });

  test('a base that is due when partitions are taken over is written one partition after the other', () => {
    const dueAt = (partition: number) => {
      const found = { ...known, bytesSince: 40 };
      const schedule = new CheckpointSchedule(10 * minute, partition, found);
      const isDue = (second: number) =>
        schedule.due(10 * minute + second * 1_000, nothing) === 'base';
      return Array.from({ length: 60 }, (_, second) => second).find(isDue);
    };
    expect([0, 1, 2, 7, 8].map(dueAt)).toEqual([0, 2, 4, 14, 0]);
  });

  test('a takeover that had much to read is followed by a base at once', () => {
    const found = { ...known, bytesSince: 32 * 1024 * 1024 };
    expect(new CheckpointSchedule(0, 7, found).due(0, nothing)).toBe('base');
  });
});
