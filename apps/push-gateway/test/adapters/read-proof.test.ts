import { describe, expect, it } from 'vitest';
import { ReadProof } from '../../src/adapters/read-proof.ts';

describe('the proof that a client reads', () => {
  it('waits anew for an answer after the process stood still', () => {
    const proof = new ReadProof(0);
    expect(proof.takesPing(4_000)).toBe(true);
    proof.forgive(20_000);
    expect(proof.check(29_999, () => undefined)).toBe(true);
    expect(proof.check(30_000, () => undefined)).toBe(false);
  });

  it('puts off no ping by being forgiven', () => {
    const proof = new ReadProof(0);
    proof.forgive(3_999);
    expect(proof.takesPing(4_000)).toBe(true);
  });
});
