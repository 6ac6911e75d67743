import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Membership } from '../src/membership.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function member() {
  const stalled = vi.fn();
  const limits = { rejoinLimitMs: 25_000, silenceLimitMs: 5_000, lostAfterMs: 10_000 };
  const own = new Membership({ groupId: 'g', ...limits, stalled, now: () => Date.now() });
  return { own, stalled };
}

const rejoin = expect.objectContaining({ type: 'REBALANCE_IN_PROGRESS' });

describe('a member', () => {
  test('that is handed over and reads on is made to join again, for its rejoin has failed', () => {
    const { own } = member();
    own.handedOver();
    expect(() => own.check()).toThrow(rejoin);
    own.joined();
    expect(() => own.check()).not.toThrow();
  });

  test('whose heartbeats are not answered is made to join again, which finds another coordinator', () => {
    const { own } = member();
    vi.advanceTimersByTime(4_999);
    own.check();
    own.heard();
    vi.advanceTimersByTime(4_999);
    own.check();
    vi.advanceTimersByTime(1);
    expect(() => own.check()).toThrow(rejoin);
  });

  test('that nobody has answered for a session says so, whatever it did about it, until it is answered', () => {
    const { own } = member();
    vi.advanceTimersByTime(9_999);
    expect(() => own.check()).toThrow(rejoin);
    expect(own.problem()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(own.problem()).toBe('group g has answered no heartbeat for 10 s');
    own.heard();
    expect(own.problem()).toBeUndefined();
  });

  test('gets the whole time for each attempt to join', () => {
    const { own } = member();
    vi.advanceTimersByTime(5_000);
    expect(() => own.check()).toThrow(rejoin);
    own.check();
  });

  test('that is not given partitions again after a hand-over is stalled', () => {
    const { own, stalled } = member();
    own.handedOver();
    vi.advanceTimersByTime(24_999);
    expect(stalled).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(stalled.mock.calls).toMatchObject([[{ code: 'STALLED' }]]);
  });

  test('that joined again is not stalled, however often that happens, nor is one that left', () => {
    const { own, stalled } = member();
    for (let rebalance = 0; rebalance < 3; rebalance += 1) {
      own.handedOver();
      vi.advanceTimersByTime(20_000);
      own.joined();
    }
    own.handedOver();
    own.left();
    vi.advanceTimersByTime(60_000);
    expect(stalled).not.toHaveBeenCalled();
  });
});
