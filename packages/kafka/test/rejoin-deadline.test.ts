import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemberState } from '../src/batch-delivery.ts';
import { RejoinDeadline } from '../src/rejoin-deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function deadline() {
  const state = new MemberState();
  const missed = vi.fn();
  return {
    state,
    missed,
    own: new RejoinDeadline({ groupId: 'g', state, limitMs: 5_000, missed }),
  };
}

test('a member that is not given partitions again after a hand-over is stalled', () => {
  const { own, state, missed } = deadline();
  own.begin();
  expect(state.isBetweenAssignments).toBe(true);
  vi.advanceTimersByTime(4_999);
  expect(missed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(missed.mock.calls).toMatchObject([[{ code: 'STALLED' }]]);
});

test('a member that joined again is not, however often that happens', () => {
  const { own, state, missed } = deadline();
  for (let rebalance = 0; rebalance < 3; rebalance += 1) {
    own.begin();
    vi.advanceTimersByTime(4_000);
    own.end();
  }
  vi.advanceTimersByTime(60_000);
  expect([state.isBetweenAssignments, missed.mock.calls]).toEqual([false, []]);
});
