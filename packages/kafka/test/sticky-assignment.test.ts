import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPartitions } from '../src/sticky-assignment.ts';

const partitionsOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));
const members = (names: readonly string[], run = 1) =>
  names.map((name) => ({ id: `${name}-run${run}`, name }));
const ownerOf = (assigned: ReadonlyMap<string, readonly { partition: number }[]>) =>
  new Map([...assigned].flatMap(([id, own]) => own.map(({ partition }) => [partition, id])));

describe('the assignment', () => {
  test('gives every partition to exactly one member, shares differ by at most the rounding', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (names, count) => {
          const assigned = assignPartitions(members(names), partitionsOf('t', count));
          expect(ownerOf(assigned).size).toBe(count);
          const total = [...assigned.values()].reduce((sum, own) => sum + own.length, 0);
          expect(total).toBe(count);
          for (const own of assigned.values()) {
            expect(own.length).toBeLessThanOrEqual(Math.ceil(count / names.length));
          }
        },
      ),
    );
  });

  test('does not depend on the order of the members', () => {
    const some = members(['a', 'b', 'c']);
    const all = partitionsOf('t', 12);
    const backwards = assignPartitions(some.toReversed(), all.toReversed());
    expect(ownerOf(backwards)).toEqual(ownerOf(assignPartitions(some, all)));
  });

  test('a member that restarts under its name gets the same partitions', () => {
    const all = partitionsOf('t', 12);
    const before = assignPartitions(members(['a', 'b', 'c'], 1), all);
    const after = assignPartitions(members(['a', 'b', 'c'], 2), all);
    expect(after.get('b-run2')).toEqual(before.get('b-run1'));
  });

  test('when one of four leaves, most partitions of the others stay where they are', () => {
    const all = partitionsOf('t', 48);
    const before = ownerOf(assignPartitions(members(['a', 'b', 'c', 'd']), all));
    const after = ownerOf(assignPartitions(members(['a', 'b', 'c']), all));
    const survivors = [...before].filter(([, id]) => id !== 'd-run1');
    const stayed = survivors.filter(([partition, id]) => after.get(partition) === id);
    expect(stayed.length / survivors.length).toBeGreaterThan(0.7);
  });

  test('topics of one partition do not all go to the same member', () => {
    const topics = Array.from({ length: 20 }, (_, i) => ({ topic: `topic-${i}`, partition: 0 }));
    const assigned = assignPartitions(members(['a', 'b']), topics);
    for (const own of assigned.values()) expect(own.length).toBeGreaterThan(2);
  });

  test('whoever took over the only partition keeps it when the other one returns', () => {
    const one = partitionsOf('t', 1);
    const both = members(['a', 'b'], 2);
    const first = ownerOf(assignPartitions(both, one)).get(0);
    const standby = both.find(({ id }) => id !== first);
    const held = new Set(['t/0']);
    const returned = both.map((member) => (member === standby ? { ...member, held } : member));
    expect(ownerOf(assignPartitions(returned, one)).get(0)).toBe(standby?.id);
  });

  test('two that say they hold the only partition do not both get it', () => {
    const held = new Set(['t/0']);
    const both = members(['a', 'b']).map((member) => ({ ...member, held }));
    const assigned = assignPartitions(both, partitionsOf('t', 1));
    expect([...assigned.values()].flat()).toHaveLength(1);
  });

  test('where partitions go round, what was held does not count: shares stay even', () => {
    const all = partitionsOf('t', 12);
    const plain = members(['a', 'b']);
    const held = new Set(all.map(({ partition }) => `t/${partition}`));
    const claiming = plain.map((member, i) => (i === 0 ? { ...member, held } : member));
    expect(assignPartitions(claiming, all)).toEqual(assignPartitions(plain, all));
  });

  test('two members of one name share', () => {
    const twins = [
      { id: '1', name: 'same' },
      { id: '2', name: 'same' },
    ];
    const assigned = assignPartitions(twins, partitionsOf('t', 4));
    expect([...assigned.values()].map((own) => own.length)).toEqual([2, 2]);
  });
});
