import { seededRandom } from '@trending/runtime/random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  frozenTogetherMax,
  groupsLeft,
  kinds,
  plannedKills,
  services,
  targets,
} from '../../src/kill-matrix/targets.ts';

const plan = (kills: number, seed = 1, brokers = 3) =>
  plannedKills({ seed, kills, targets, kinds, brokers }, seededRandom(seed));

describe('the plan of kills', () => {
  test('holds every pair of target and kind once before any of them twice', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pairs = plan(27, seed).map(({ target, kind }) => `${target} ${kind}`);
        expect(new Set(pairs).size).toBe(27);
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

  test('of a single broker kills that one only', () => {
    const brokers = plan(200, 1, 1).filter(({ target }) => target === 'broker');
    expect(new Set(brokers.map(({ service }) => service))).toEqual(new Set(['kafka']));
  });

  test('puts freezes of different targets together and leaves every other kill alone', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const groups = groupsLeft(plan(54, seed), new Set());
        for (const group of groups) {
          const isFreeze = group.every(({ kind }) => kind === 'sigstop');
          expect(group.length).toBeLessThanOrEqual(isFreeze ? frozenTogetherMax : 1);
          expect(new Set(group.map(({ target }) => target)).size).toBe(group.length);
        }
        expect(groups.filter(({ length }) => length === frozenTogetherMax)).toHaveLength(6);
      }),
      { numRuns: 20 },
    );
  });

  test('goes on inside a group that was broken off', () => {
    const groups = groupsLeft(plan(54), new Set());
    const broken = groups.find(({ length }) => length === frozenTogetherMax) ?? [];
    const [first, middle, last] = broken;
    const before = groups.slice(0, groups.indexOf(broken)).flat();
    const done = new Set([...before, middle!].map(({ index }) => index));
    expect(groupsLeft(plan(54), done)[0]).toEqual([first, last]);
    expect(groupsLeft(plan(54), done).flat()).toHaveLength(54 - done.size);
  });
});
