import { describe, expect, it } from 'vitest';
import { PingTurns, ReadProof } from '../../src/adapters/read-proof.ts';

const never = (): void => expect.fail('no ping is due');

describe('the proof that a client reads', () => {
  it('waits anew for an answer after the process stood still', () => {
    const proof = new ReadProof(0, 0);
    expect(proof.takesPing(4_000)).toBe(true);
    proof.forgive(20_000);
    expect(proof.check(28_999, never)).toBe(true);
    expect(proof.check(29_000, never)).toBe(false);
  });

  it('puts off no ping by being forgiven', () => {
    const proof = new ReadProof(0, 0);
    proof.forgive(3_999);
    expect(proof.takesPing(4_000)).toBe(true);
  });

  it('is asked for first when its turn comes, then every four seconds', () => {
    const proof = new ReadProof(100, 1_500);
    const asked = [2_599, 2_600, 6_599, 6_600].map((now) => {
      const takes = proof.takesPing(now);
      proof.answered();
      return takes;
    });
    expect(asked).toEqual([false, true, false, true]);
  });

  it('keeps to its beat however late a ping was', () => {
    const proof = new ReadProof(0, 0);
    expect(proof.takesPing(9_100)).toBe(true);
    proof.answered();
    expect(proof.takesPing(11_999)).toBe(false);
    expect(proof.takesPing(12_000)).toBe(true);
  });

  it('is pinged alone half a second after a ping was due, not earlier', () => {
    const proof = new ReadProof(0, 1_000);
    let pings = 0;
    const ping = (): void => {
      pings += 1;
    };
    expect(proof.check(3_499, ping)).toBe(true);
    expect(pings).toBe(0);
    expect(proof.check(3_500, ping)).toBe(true);
    expect(pings).toBe(1);
  });
});

describe('the turns of pings', () => {
  it.each([8, 100, 10_000])('part %i connections that came at once evenly', (count) => {
    const turns = new PingTurns();
    const perHalfSecond = new Array<number>(8).fill(0);
    for (let n = 0; n < count; n += 1) {
      const slot = Math.floor(turns.next() / 500);
      perHalfSecond[slot] = (perHalfSecond[slot] ?? 0) + 1;
    }
    expect(perHalfSecond.reduce((sum, pings) => sum + pings)).toBe(count);
    expect(Math.max(...perHalfSecond)).toBeLessThanOrEqual(count / 8 + 2);
  });

  it('leave the first connection its full four seconds', () => {
    expect(new PingTurns().next()).toBe(0);
  });
});
