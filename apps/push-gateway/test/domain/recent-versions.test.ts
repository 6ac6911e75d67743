import { describe, expect, it } from 'vitest';
import { RecentVersions } from '../../src/domain/recent-versions.ts';

const key = 'trending|1h|all';
const at = (seq: number, epoch = 0) => ({ epoch, seq, offset: 100 * epoch + seq });

describe('recent versions', () => {
  it('are found while they are the newest, and a while after they were replaced', () => {
    const recent = new RecentVersions({ keptMs: 100, versionsMax: 9 });
    recent.note(key, at(1), 1_000);
    expect(recent.offsetOf(key, at(1), 9_000)).toBe(1);
    recent.note(key, at(2), 9_000);
    expect([recent.offsetOf(key, at(1), 9_099), recent.offsetOf(key, at(2), 9_099)]).toEqual([
      1, 2,
    ]);
    expect(recent.offsetOf(key, at(1), 9_100)).toBeUndefined();
    expect(recent.offsetOf('trending|5m|all', at(2), 9_100)).toBeUndefined();
  });

  it('of a board that is no longer published are found for the same while', () => {
    const recent = new RecentVersions({ keptMs: 100, versionsMax: 9 });
    recent.note(key, at(1), 1_000);
    recent.remove(key, 2_000);
    expect(recent.offsetOf(key, at(1), 2_099)).toBe(1);
    expect(recent.offsetOf(key, at(1), 2_100)).toBeUndefined();
    recent.remove(key, 3_000);
    expect(recent.isAhead(key, at(9))).toBe(false);
  });

  it('never exceed their number over all boards, and let go of those whose time is over', () => {
    const recent = new RecentVersions({ keptMs: 100, versionsMax: 2 });
    for (const seq of [1, 2, 3, 4]) recent.note(key, at(seq), 1_000);
    expect(recent.size).toBe(2);
    expect(recent.offsetOf(key, at(1), 1_000)).toBeUndefined();
    expect(recent.offsetOf(key, at(3), 1_000)).toBe(3);
    recent.note(key, at(5), 1_100);
    expect(recent.size).toBe(1);
  });

  it('tell a position that is further than what was read', () => {
    const recent = new RecentVersions();
    recent.note(key, at(4, 2), 0);
    const verdicts = [at(5, 2), at(1, 3), at(4, 2), at(9, 1)].map((one) =>
      recent.isAhead(key, one),
    );
    expect(verdicts).toEqual([true, true, false, false]);
  });
});
