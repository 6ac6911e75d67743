import { describe, expect, test } from 'vitest';
import { Admission } from '../../src/domain/admission.ts';

function admittedOf(admission: Admission, requests: number): number {
  let admitted = 0;
  for (let i = 0; i < requests; i += 1) if (admission.admits()) admitted += 1;
  return admitted;
}

function after(...waits: number[]): Admission {
  const admission = new Admission(500);
  for (const wait of waits) admission.adjust(wait);
  return admission;
}

describe('admission', () => {
  test('lets everything in while waits are short', () => {
    expect(admittedOf(after(3, 499, 500), 1_000)).toBe(1_000);
  });

  test('does not mind one long wait', () => {
    expect(after(9_000).share).toBe(1);
    expect(after(9_000, 10, 9_000, 10).share).toBe(1);
  });

  test('halves at most at once, takes off a tenth at least', () => {
    expect(after(9_000, 9_000).share).toBe(0.5);
    expect(after(501, 501).share).toBeCloseTo(0.9);
    expect(after(750, 750).share).toBeCloseTo(2 / 3);
  });

  test('spreads a share evenly', () => {
    const admission = after(9_000, 9_000, 9_000);
    expect(admission.share).toBe(0.25);
    const taken = Array.from({ length: 8 }, () => admission.admits());
    expect(taken).toEqual([false, false, false, true, false, false, false, true]);
  });

  test('always lets some in, and everything again once waits are short', () => {
    const admission = after(...Array.from({ length: 50 }, () => 60_000));
    expect(admittedOf(admission, 1_000)).toBe(20);
    for (let i = 0; i < 50; i += 1) admission.adjust(20);
    expect(admission.share).toBe(1);
  });

  test('holds its share between half the target and the target', () => {
    expect(after(9_000, 9_000, 300, 400, 500).share).toBe(0.5);
  });

  test('lets everything in when the target is 0', () => {
    const admission = new Admission(0);
    for (let i = 0; i < 9; i += 1) admission.adjust(60_000);
    expect(admittedOf(admission, 100)).toBe(100);
  });

  // A server that takes 100 requests a second of the 500 that come, and lets the rest stand in a queue.
  test('keeps the queue of an overloaded server near its target, and the server busy', () => {
    const admission = new Admission(500);
    const [serves, offered, stepSeconds] = [100, 500, 0.2];
    let [queue, served, longest] = [0, 0, 0];
    for (let step = 0; step < 1_000; step += 1) {
      queue += admittedOf(admission, offered * stepSeconds);
      const taken = Math.min(queue, serves * stepSeconds);
      queue -= taken;
      const waitMs = (queue / serves) * 1_000;
      admission.adjust(waitMs);
      if (step >= 100) [served, longest] = [served + taken, Math.max(longest, waitMs)];
    }
    expect(longest).toBeLessThan(2_000);
    expect(served).toBeGreaterThan(0.9 * serves * stepSeconds * 900);
  });
});
