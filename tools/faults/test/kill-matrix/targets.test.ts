import { seededRandom } from '@trending/runtime/random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds, plannedKills, services, targets } from '../../src/kill-matrix/targets.ts';

const plan = (kills: number, seed = 1) =>
  plannedKills({ seed, kills, targets, kinds }, seededRandom(seed));

describe('the plan of kills', () => {
  test('holds every pair of target and kind once before any of them twice', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pairs = plan(24, seed).map(({ target, kind }) => `${target} ${kind}`);
        expect(new Set(pairs).size).toBe(24);
      }),
      { numRuns: 20 },
    );
  });

  test('is decided by its seed, so that a longer run goes on where a shorter one ended', () => {
    expect(plan(100).slice(0, 30)).toEqual(plan(30));
    expect(plan(30, 2)).not.toEqual(plan(30, 1));
  });

  test('names services that stand for the target', () => {
    for (const { target, service } of plan(100)) expect(services[target]).toContain(service);
  });
});
