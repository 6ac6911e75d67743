import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { World } from '../../../src/evaluate/planted/world.ts';
import type { WorldSettings } from '../../../src/evaluate/planted/world-settings.ts';

const small: WorldSettings = {
  seed: 1,
  tokens: 40,
  days: 0.125,
  judgedFrom: 0.03125,
  trends: 10,
  attacks: 0,
};

/** Whatever a world tells: what was planted, what is usual, and every byte of every view. */
function hashOf(settings: WorldSettings): string {
  const world = new World(settings);
  const attacks = world.attacks.map(({ token, start, length, kind }) => ({
    token,
    start,
    length,
    kind,
  }));
  const hash = createHash('sha256').update(JSON.stringify([world.trends, attacks]));
  for (const { view, timestamp } of world.views()) {
    const { eventId, viewer, network, ...rest } = view;
    hash.update(eventId).update(viewer).update(network).update(JSON.stringify(rest));
    hash.update(`${timestamp}`);
  }
  for (const trend of world.trends)
    hash.update(`${world.usual(trend.token, 100)} ${world.excess(trend, 100)}`);
  return hash.digest('hex').slice(0, 16);
}

test('a plain world stays the one that all figures were measured on', () => {
  expect(hashOf(small)).toBe('2387481cc2eb19a0');
  expect(hashOf({ ...small, goOn: 0, attackSet: 'people' })).toBe(hashOf(small));
  expect(hashOf({ ...small, attacks: 2, flooder: true })).toBe('2ac527fed86327b4');
});

test.each([
  { name: 'plain', settings: small },
  {
    name: 'of people',
    settings: { ...small, tokens: 10, attacks: 2, attackSet: 'people', goOn: 0.5 } as const,
  },
])('a seed is a world, $name', ({ settings }) => {
  expect(hashOf(settings)).toBe(hashOf(settings));
  expect(hashOf({ ...settings, seed: 2 })).not.toBe(hashOf(settings));
});
