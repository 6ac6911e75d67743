import { World } from '../../src/evaluate/planted/world.ts';
import type { WorldSettings } from '../../src/evaluate/planted/world-settings.ts';

/** Viewers from here on are made up. */
export const firstMadeUp = 0x4000_0000;
/** Viewers from here on, and before the made-up ones, are new. */
export const firstNew = 60_000;

export interface SeenView {
  readonly token: string;
  readonly viewer: number;
  readonly network: number;
  /** Since the world began. */
  readonly minute: number;
}

/** Views of a world with its viewers and networks as the numbers that they were made of. */
export function* seenIn(world: World): Generator<SeenView> {
  for (const { view, timestamp } of world.views()) {
    const [viewer, network] = [view.viewer, view.network].map((hash) =>
      Buffer.from(hash).readUInt32LE(4),
    ) as [number, number];
    yield { token: view.token, viewer, network, minute: world.minuteOf(timestamp) };
  }
}

/** A small site without trends. */
export function quietWorld(settings: Partial<WorldSettings>): World {
  return new World({
    seed: 1,
    tokens: 20,
    days: 1,
    judgedFrom: 0.5,
    trends: 0,
    attacks: 0,
    ...settings,
  });
}
