import type { Board, BoardItem } from '@trending/schemas';
import { tokenAt } from '../views.ts';

/** Windows whose boards change; every client follows one of them. */
export const walkedWindows = ['5m', '1h', '6h', '24h'] as const;

const places = 100;
/** Items whose counts change from one version to the next, among the places most clients see. */
const changesPerVersion = 3;
const changedPlaces = 20;

/** A board over everything that goes on changing as live ones do: each version, a few of the first twenty items gain views and one of them a rank. */
export class BoardWalk {
  readonly #window: string;
  #epoch = 0;
  #seq = 0;
  #random = 42;
  #items: BoardItem[] = Array.from({ length: places }, (_, i) => itemAt(i));

  constructor(window: string) {
    this.#window = window;
  }

  /** Versions of another epoch follow. */
  restart(epoch: number): void {
    this.#epoch = epoch;
    this.#seq = 0;
  }

  /** The next version, scored at `now` (ms). */
  next(now: number): Board {
    this.#seq += 1;
    for (let n = 0; n < changesPerVersion; n += 1) this.#gain(this.#draw(changedPlaces));
    this.#swap(this.#draw(changedPlaces - 1));
    return {
      formula: { id: 'trending', version: 1, hash: 'bench' },
      window: this.#window,
      scope: 'all',
      ...{ epoch: this.#epoch, seq: this.#seq, asOf: now - 5, scoredAt: now },
      newestReceivedAt: now - 20,
      ...{ cut: [], controlOffset: -1, partial: [] },
      totals: { tokens: places, views: 1_000, effective: 1_000_000 },
      items: [...this.#items],
      siteEffective: 1_000_000,
    };
  }

  #gain(place: number): void {
    const item = this.#items[place];
    if (item === undefined) return;
    const rawViews = item.rawViews + 1 + this.#draw(9);
    this.#items[place] = { ...item, rawViews, observed: rawViews * 1_000_000 };
  }

  #swap(place: number): void {
    const [upper, lower] = [this.#items[place], this.#items[place + 1]];
    if (upper === undefined || lower === undefined) return;
    this.#items[place] = { ...lower, rank: upper.rank, previousRank: lower.rank };
    this.#items[place + 1] = { ...upper, rank: lower.rank, previousRank: upper.rank };
  }

  #draw(below: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#random / 4_294_967_296) * below);
  }
}

const basis = {
  ...{ phiMicro: 150_000, shareNano: 5_100_000, hourIndexMicro: 1_040_000 },
  ...{ cohort: 'eth/old', capped: 0 },
};

function itemAt(i: number): BoardItem {
  const scoreMicro = (places - i) * 1_000_000;
  const since = 1_700_000_000_000;
  return {
    ...{ rank: i + 1, token: tokenAt(i), previousRank: i + 1, scoreMicro },
    ...{ observed: 3_000_000, expected: 2_000_000, rawViews: 120, previousViews: 60 },
    ...{ visitors: 40, networks: 30, effectiveVisitors: 3_000_000, integrityMicro: 1_000_000 },
    contributions: [{ name: 'surprise', micro: scoreMicro }],
    flags: [],
    sparkline: Array.from({ length: 12 }, (_, n) => (i * 7 + n * 3) % 40),
    ...{ since, state: 'steady', stateSince: since, verdict: 'steady' },
    ...{ peakMicro: scoreMicro, burstSince: 0, basis },
  };
}
