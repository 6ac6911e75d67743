import type { FrameItem } from '@trending/schemas';
import { tokenAt } from '../views.ts';

/** How far apart two neighbours' scores are, and how far a version moves one, micro points: many overtake a neighbour, few jump. */
const gapMicro = 1_000_000;
const stepMicro = 3_000_000;

/** A board of which every row changes with every version: views, sparkline and score of all, places of most. */
export class BusyBoard {
  #random = 42;
  #items: readonly FrameItem[];

  constructor(places: number) {
    this.#items = Array.from({ length: places }, (_, i) => itemAt(i, places));
  }

  get items(): readonly FrameItem[] {
    return this.#items;
  }

  next(): readonly FrameItem[] {
    this.#items = this.#items
      .map((item) => this.#changed(item))
      .sort((a, b) => b.scoreMicro - a.scoreMicro)
      .map((item, i) => ({ ...item, previousRank: item.rank, rank: i + 1 }));
    return this.#items;
  }

  #changed(item: FrameItem): FrameItem {
    const rawViews = item.rawViews + 1 + Math.floor(this.#draw() * 9);
    const scoreMicro = item.scoreMicro + Math.round((this.#draw() - 0.5) * stepMicro);
    const sparkline = [...item.sparkline.slice(1), Math.floor(this.#draw() * 40)];
    return { ...item, rawViews, scoreMicro, sparkline, visitors: Math.round(rawViews * 0.7) };
  }

  #draw(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 4_294_967_296;
  }
}

function itemAt(i: number, places: number): FrameItem {
  const scoreMicro = (places - i) * gapMicro;
  return {
    ...{ rank: i + 1, token: tokenAt(i), previousRank: i + 1, scoreMicro },
    ...{ observed: 3_000_000, expected: 2_000_000, rawViews: 120, previousViews: 60 },
    ...{ visitors: 84, effectiveVisitors: 3_000_000, integrityMicro: 1_000_000 },
    contributions: [{ name: 'surprise', micro: scoreMicro }],
    flags: [],
    sparkline: Array.from({ length: 24 }, (_, n) => (i * 7 + n * 3) % 40),
    ...{ since: 0, state: 'steady', symbol: `TOK${i}`, name: `Token number ${i}` },
  };
}
