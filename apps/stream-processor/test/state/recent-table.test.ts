import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryMs } from '../../src/domain/counting-rules.ts';
import { RecentTable } from '../../src/state/recent-table.ts';

describe('recent table', () => {
  it('remembers a key for exactly the memory time since it was last seen', () => {
    const table = new RecentTable({ withValues: true });
    const see = (logTime: number) => {
      const slot = table.claim(1, 2, logTime);
      const isRecent = table.isRecent(slot, logTime);
      table.set(slot, logTime, logTime);
      return isRecent;
    };
    expect(see(1_000)).toBe(false);
    expect(see(1_000 + memoryMs)).toBe(true);
    expect(see(1_000 + 2 * memoryMs)).toBe(true);
    expect(see(1_001 + 3 * memoryMs)).toBe(false);
  });

  it('answers like a map that never forgets, through growth and cleaning', () => {
    const step = fc.record({ key: fc.nat(3_000), wait: fc.constantFrom(0, 0, 0, 900, 200_000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2_000, maxLength: 4_000 }), (steps) => {
        const table = new RecentTable({ withValues: true });
        const lastSeen = new Map<number, number>();
        let now = 1_700_000_000_000;
        for (const { key, wait } of steps) {
          now += wait;
          const slot = table.claim(key % 3, key, now);
          const last = lastSeen.get(key);
          const expected = last !== undefined && last >= now - memoryMs;
          if (table.isRecent(slot, now) !== expected) throw new Error(`key ${key} at ${now}`);
          if (expected && table.valueAt(slot) !== last) throw new Error(`value of key ${key}`);
          table.set(slot, now, now);
          lastSeen.set(key, now);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('stays as large as what it must remember', () => {
    const table = new RecentTable({ withValues: false });
    for (let i = 0; i < 200_000; i += 1) {
      const now = 1_700_000_000_000 + i * 1_000;
      table.set(table.claim(i, i * 7, now), now);
    }
    expect(table.size()).toBeLessThan(2_000);
  });
});
