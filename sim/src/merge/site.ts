import {
  levelOf,
  type WindowLevel,
  windowLevels,
} from '../../../apps/stream-processor/src/domain/window-level.ts';
import type { CountedView } from '../../../apps/stream-processor/src/state/view-count-store.ts';
import { numbered } from '../publisher.ts';
import { Random } from '../random.ts';
import { type Crowd, crowdsOf, kindOf, type SiteKind } from './crowds.ts';

/** The windows of every site end here, ms. */
export const siteAsOf = 1_700_000_000_000;
const hourMs = 3_600_000;
const fullWeightMicro = 1_000_000;
const categoryNames = ['ai', 'defi', 'game', 'meme'];
/** More chains than boards are served of. */
const chainsMax = 80;

export interface SiteToken {
  readonly token: string;
  readonly categories: readonly string[];
  readonly partition: number;
  readonly views: readonly CountedView[];
}

/** All that is viewed on a made-up site, and where each token is counted. */
export interface Site {
  readonly kind: SiteKind;
  readonly level: WindowLevel;
  readonly partitions: number;
  readonly tokens: readonly SiteToken[];
}

/** A function of the seed: tokens around the support floor, ties, uneven partitions, few chains or very many. */
export function siteOf(seed: number): Site {
  const random = new Random(seed);
  const kind = kindOf(random);
  const level = kind === 'huge' ? levelOf('5m') : random.pick(windowLevels);
  const partitions = random.pick([1, 2, 3, 4, 12]);
  const isUneven = random.chance(0.3);
  const chains = random.chance(0.1) ? chainsMax : random.between(1, 4);
  const viewers = new Viewers(random, level);
  const tokens = crowdsOf(kind, random, level).map((crowd, index): SiteToken => {
    const token = `c${random.below(chains)}:${index.toString(36)}`;
    return {
      token,
      categories: categoryNames.filter(() => random.chance(0.2)),
      partition: isUneven && random.chance(0.9) ? 0 : random.below(partitions),
      views: viewers.of(token, crowd),
    };
  });
  return { kind, level, partitions, tokens };
}

/** Makes views; nobody comes to two tokens. */
class Viewers {
  readonly #random: Random;
  readonly #level: WindowLevel;
  #seen = 0;

  constructor(random: Random, level: WindowLevel) {
    this.#random = random;
    this.#level = level;
  }

  of(token: string, { now, before, looks, perNetwork }: Crowd): CountedView[] {
    const views: CountedView[] = [];
    for (let visitor = 0; visitor < now + before; visitor += 1) {
      this.#seen += 1;
      const viewer = numbered(8, this.#seen);
      const network = numbered(8, this.#seen - (visitor % perNetwork));
      const isNow = visitor < now;
      for (let look = 0; look < looks; look += 1)
        views.push({
          ...{ token, viewer, network, viewedAt: this.#at(isNow) },
          weightMicro: fullWeightMicro,
        });
    }
    return views;
  }

  /** In the window, or in the time before it that usual traffic is known from. */
  #at(isNow: boolean): number {
    const { paneSizeMs, paneCount } = this.#level;
    const windowMs = paneSizeMs * paneCount;
    const ageMs = isNow
      ? this.#random.below(windowMs)
      : windowMs + paneSizeMs + this.#random.below(Math.max(windowMs, 20 * hourMs) - paneSizeMs);
    return siteAsOf - ageMs;
  }
}
