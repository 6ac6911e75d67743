import { supportFloorMicro } from '../../../apps/stream-processor/src/domain/support-floor.ts';
import type { WindowLevel } from '../../../apps/stream-processor/src/domain/window-level.ts';
import type { Random } from '../random.ts';

/** Who comes to one token. */
export interface Crowd {
  /** Visitors in the window, and in the time before it. */
  readonly now: number;
  readonly before: number;
  /** Views of each visitor. */
  readonly looks: number;
  readonly perNetwork: number;
}

export const siteKinds = ['few', 'tied', 'crowded', 'huge'] as const;
export type SiteKind = (typeof siteKinds)[number];

/** More tokens than a partition ships for their views alone. */
const crowdedMin = 210;
/** With so many visitors the share of the whole site, 3 in 10 000, is more than the least number of visitors. */
const sharedFloors = 10_000 / 3;

/** Most sites are small, because most faults show in small ones; the crowded ones are where partitions leave tokens out. */
export function kindOf(random: Random): SiteKind {
  const drawn = random.below(1_000);
  if (drawn < 3) return 'huge';
  if (drawn < 60) return 'crowded';
  return drawn < 300 ? 'tied' : 'few';
}

export function crowdsOf(kind: SiteKind, random: Random, { name }: WindowLevel): Crowd[] {
  const floor = supportFloorMicro[name] / 1_000_000;
  switch (kind) {
    case 'few':
      return many(random.below(25), () => near(random, floor));
    case 'tied':
      return tied(random, near(random, floor));
    case 'crowded':
      return [
        ...many(random.between(crowdedMin, 2 * crowdedMin), () => often(random)),
        ...many(random.below(20), () => ({ ...near(random, floor), looks: 1 })),
      ];
    case 'huge':
      return huge(random, floor);
  }
}

/** As many visitors as the floor asks for, some more or less. */
function near(random: Random, floor: number): Crowd {
  return {
    now: Math.max(0, floor + random.between(-2, 3)),
    before: random.chance(0.5) ? random.below(4) : 0,
    looks: random.chance(0.3) ? 2 : 1,
    perNetwork: random.pick([1, 1, 1, 2, 4]),
  };
}

/** Nearly all the same. */
function tied(random: Random, crowd: Crowd): Crowd[] {
  const odd = () => ({ ...crowd, now: crowd.now + 1 });
  return many(random.between(2, 30), () => (random.chance(0.1) ? odd() : crowd));
}

/** More views than visitors: above the rest by views, mostly below the floor. */
function often(random: Random): Crowd {
  const looks = random.pick([5, 5, 5, 6, 7, 9]);
  return { now: random.between(1, 2), before: random.below(2), looks, perNetwork: 1 };
}

/** One giant of as many visitors as make the share count, and tokens on both sides of the share. */
function huge(random: Random, floor: number): Crowd[] {
  const share = floor + random.between(1, 3);
  const giant = Math.ceil(share * sharedFloors) - random.below(2_000);
  return [
    { now: giant, before: 0, looks: 1, perNetwork: 1 },
    ...many(crowdedMin, () => ({ now: 1, before: 0, looks: share + 3, perNetwork: 1 })),
    ...many(20, () => ({ now: share + random.between(-2, 2), before: 0, looks: 1, perNetwork: 1 })),
  ];
}

function many(count: number, crowd: () => Crowd): Crowd[] {
  return Array.from({ length: count }, crowd);
}
