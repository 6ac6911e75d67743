import { describe, expect, it } from 'vitest';
import { emissionAsOf, inStepMs, WindowEmission } from '../../src/domain/emission.ts';
import { levelOf, windowLevels } from '../../src/domain/window-level.ts';

const idle = { lagMs: 0, costMs: 0 };
const start = 1_700_000_000_500;

describe('window emission', () => {
  it('is due at once at first, and after a quiet time as soon as something changed', () => {
    const emission = new WindowEmission(levelOf('5m'));
    expect(emission.dueAt(0)).toBeLessThan(start);
    emission.emitted(0, start, idle);
    expect(emission.dueAt(1)).toBe(start + 100);
  });

  it('lets what changed leave in step with other partitions, but no unchanged set before its pane', () => {
    const level = levelOf('5m');
    const emission = new WindowEmission(level);
    emission.emitted(0, start, idle);
    expect(emission.dueAt(0, inStepMs(level))).toBe(1_700_000_010_000);
    expect(emission.dueAt(1, inStepMs(level))).toBe(start + 50);
  });

  it('waits for the pane boundary while nothing changes', () => {
    const emission = new WindowEmission(levelOf('5m'));
    emission.emitted(3, start, idle);
    expect(emission.dueAt(3)).toBe(1_700_000_010_000);
    emission.emitted(3, 1_700_000_010_000, idle);
    expect(emission.dueAt(3)).toBe(1_700_000_020_000);
  });

  it('is spaced wider when the event loop lags', () => {
    const emission = new WindowEmission(levelOf('5m'));
    emission.emitted(0, start, { lagMs: 200, costMs: 0 });
    expect(emission.dueAt(1)).toBe(start + 500);
  });

  it.each(windowLevels)(
    'has an asOf of $name within the same pane, never in the future',
    (level) => {
      for (const now of [start, start + 999, start + 123_457]) {
        const asOf = emissionAsOf(level, now);
        expect(asOf).toBeLessThanOrEqual(now);
        expect(Math.floor(asOf / level.paneSizeMs)).toBe(Math.floor(now / level.paneSizeMs));
      }
    },
  );
});
