import { describe, expect, test } from 'vitest';
import { type AttackKind, attackSets } from '../../../src/evaluate/planted/attack-kinds.ts';
import type { Attack } from '../../../src/evaluate/planted/attacks.ts';
import { firstMadeUp, quietWorld, type SeenView, seenIn } from '../../support/planted-world.ts';

const world = quietWorld({
  tokens: 10,
  days: 1.75,
  judgedFrom: 0.25,
  attacks: 4,
  attackSet: 'people',
  goOn: 0.5,
});
const fakes = [...seenIn(world)].filter(({ viewer }) => viewer >= firstMadeUp);
const ended = world.attacks.filter(({ start, length }) => start + length < 1.75 * 1_440);

/** The first attack of a kind that ended before the world did. */
function attackOf(kind: AttackKind): Attack {
  return ended.find((attack) => attack.kind === kind)!;
}

/** The visitors of an attack's crew with their views; other crews may be at the same token. */
function visitorsOf({ crew }: Attack): SeenView[][] {
  const views = fakes.filter(({ viewer }) => (viewer & 0x1fff_ffff) >> 10 === crew);
  return [...Map.groupBy(views, ({ viewer }) => viewer).values()];
}

test('as many attacks of each kind are planted as the settings say', () => {
  const planted = Map.groupBy(world.attacks, ({ kind }) => kind);
  expect([...planted.keys()]).toEqual(attackSets.people);
  for (const attacks of planted.values()) expect(attacks).toHaveLength(4);
  for (const { start, length } of world.attacks) {
    expect(start).toBeGreaterThanOrEqual(0.25 * 1_440);
    expect(start).toBeLessThan(1.75 * 1_440);
    expect(length).toBe(120);
  }
});

test('every made-up visitor comes from a network that nobody else has', () => {
  const networks = new Set(fakes.map(({ network }) => network));
  const viewers = new Set(fakes.map(({ viewer }) => viewer));
  const pairs = new Set(fakes.map(({ network, viewer }) => `${network} ${viewer}`));
  expect([networks.size, pairs.size]).toEqual([viewers.size, viewers.size]);
  const people = new Set<number>();
  for (const { viewer, network } of seenIn(world)) if (viewer < firstMadeUp) people.add(network);
  expect([...people].filter((network) => networks.has(network))).toEqual([]);
});

describe('by kind', () => {
  test.each([
    { kind: 'people once', visitors: 120, looks: 1 },
    { kind: 'people', visitors: 120, looks: 1.6 },
    { kind: 'people slow', visitors: 60, looks: 1.6 },
    { kind: 'people in waves', visitors: 160, looks: 1.6 },
    { kind: 'people in sessions', visitors: 120, looks: 1.6 },
    { kind: 'people who warm up', visitors: 120, looks: 1.6 },
  ] as const)('$kind: $visitors visitors look $looks times', ({ kind, visitors, looks }) => {
    const attack = attackOf(kind);
    const came = new Map<number, number>();
    for (const views of visitorsOf(attack)) {
      const there = views.filter(({ token }) => token === world.nameOf(attack.token));
      const first = there.filter(({ minute }) => minute < attack.start + attack.length + 30);
      came.set(views[0]!.viewer, first.length);
      expect(first[0]!.minute).toBeGreaterThanOrEqual(attack.start);
      expect(first[0]!.minute).toBeLessThan(attack.start + attack.length);
    }
    expect(came.size).toBe(visitors);
    const counts = [...came.values()];
    expect(Math.min(...counts)).toBe(1);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    if (looks === 1) expect(Math.max(...counts)).toBe(1);
    else expect(Math.abs(mean - looks)).toBeLessThan(0.3);
  });

  test('waves are 20 visitors in five minutes of every quarter of an hour', () => {
    const attack = attackOf('people in waves');
    const waves = Map.groupBy(visitorsOf(attack), ([view]) =>
      Math.floor((view!.minute - attack.start) / 15),
    );
    expect(waves.size).toBe(8);
    for (const [wave, visitors] of waves) {
      expect(visitors).toHaveLength(20);
      for (const [view] of visitors)
        expect(view!.minute - attack.start - wave * 15).toBeLessThan(5);
    }
  });

  test('slow ones come every other minute', () => {
    const attack = attackOf('people slow');
    const minutes = visitorsOf(attack).map(([view]) => Math.floor(view!.minute) - attack.start);
    expect(minutes).toEqual(Array.from({ length: 60 }, (_, index) => 2 * index));
  });

  test('sessions are on the next day too, by the same visitors at the same token', () => {
    const sessions = ended.filter(({ kind }) => kind === 'people in sessions');
    const crews = [...Map.groupBy(sessions, ({ crew }) => crew).values()];
    const [attack, next] = crews.find((attacks) => attacks.length === 2)!;
    expect(next).toEqual({ ...attack, start: next!.start });
    expect(attack!.start).toBeLessThan(1.25 * 1_440);
    expect(next!.start).toBeGreaterThanOrEqual(1.25 * 1_440);
    const came = visitorsOf(attack!);
    expect(came).toHaveLength(120);
    for (const views of came) {
      const days = views.map(({ minute }) => minute >= next!.start);
      expect(new Set(days)).toEqual(new Set([false, true]));
      expect(new Set(views.map(({ token }) => token)).size).toBe(1);
    }
  });

  test('who warms up looks once at another token two to four minutes before', () => {
    const attack = attackOf('people who warm up');
    const name = world.nameOf(attack.token);
    for (const views of visitorsOf(attack)) {
      const [warmUp, ...others] = views.toSorted((a, b) => a.minute - b.minute);
      expect(warmUp!.token).not.toBe(name);
      expect(others.every(({ token }) => token === name)).toBe(true);
      const before = others[0]!.minute - warmUp!.minute;
      expect(before).toBeGreaterThan(2);
      expect(before).toBeLessThan(4);
    }
  });

  test('no others warm up, and none goes on', () => {
    for (const attack of ended.filter(({ kind }) => kind !== 'people who warm up'))
      for (const views of visitorsOf(attack))
        expect(views.every(({ token }) => token === world.nameOf(attack.token))).toBe(true);
  });
});
