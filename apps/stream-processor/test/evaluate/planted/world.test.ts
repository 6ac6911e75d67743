import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { World } from '../../../src/evaluate/planted/world.ts';
import type { WorldSettings } from '../../../src/evaluate/planted/world-settings.ts';

const small: WorldSettings = {
  seed: 1,
  tokens: 40,
  days: 0.25,
  judgedFrom: 0.0625,
  trends: 10,
  attacks: 0,
};

/** Whatever a world tells: what was planted, what is usual, and every byte of every view. */
function hashOf(settings: WorldSettings): string {
  const world = new World(settings);
  const attacks = world.attacks.map(({ crew, ...attack }) => attack);
  const hash = createHash('sha256').update(JSON.stringify([world.trends, attacks]));
  for (const { view, timestamp } of world.views()) {
    const { eventId, viewer, network, ...rest } = view;
    hash.update(eventId).update(viewer).update(network).update(JSON.stringify(rest));
    hash.update(`${timestamp}`);
  }
  for (const trend of world.trends)
    hash.update(`${world.usual(trend.token, 200)} ${world.excess(trend, 200)}`);
  return hash.digest('hex').slice(0, 16);
}

test('a plain world stays the one that all figures were measured on', () => {
  expect(hashOf(small)).toBe('293b6c23dab3185b');
  expect(hashOf({ ...small, attacks: 2, flooder: true })).toBe('91b76256ea2e5cb4');
});

test('a seed is a world', () => {
  expect(hashOf(small)).toBe(hashOf(small));
  expect(hashOf({ ...small, seed: 2 })).not.toBe(hashOf(small));
});
