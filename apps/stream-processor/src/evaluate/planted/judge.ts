import type { EvaluationItem } from '../evaluation.ts';
import type { AttackKind } from './attack-kinds.ts';
import type { Trend } from './trends.ts';
import type { World } from './world.ts';

const top = 10;
const excessMin = 15;

export interface PlantedResult {
  /** Live trends among the first ten, of ten or as many as there are. */
  readonly precision: number;
  readonly ndcg: number;
  /** Minutes from a trend's start to its first place among the ten; half of the trends were found within it. */
  readonly medianMinutes: number;
  /** Likeness of consecutive boards (rank-biased overlap, p = 0.9; Webber, Moffat, Zobel 2010). */
  readonly stability: number;
  /** Share of an attack's ticks with its token among the ten. */
  readonly attacked: Readonly<Partial<Record<AttackKind, number>>>;
  readonly ticks: number;
}

/** Compares boards with what was planted. Feed it every step, then read the result. */
export class Judge {
  readonly #world: World;
  readonly #found = new Map<Trend, number>();
  readonly #attacks = new Map<AttackKind, { ticks: number; hits: number }>();
  #ticks = 0;
  #precision = 0;
  #ndcg = 0;
  #overlap = 0;
  #before: readonly string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** `items`: the board at `asOf`, ms. */
  look(asOf: number, items: readonly EvaluationItem[]): void {
    const minute = this.#world.minuteOf(asOf);
    if (minute < this.#world.settings.judgedFrom * 1_440 + 60) return;
    const board = items.slice(0, top).map(({ token }) => token);
    this.#overlap += overlapOf(this.#before, board);
    this.#before = board;
    const gains = this.#live(minute);
    this.#ticks += 1;
    const places = Math.min(top, gains.size);
    const hits = board.filter((token) => gains.has(token)).length;
    this.#precision += places === 0 ? 1 : hits / places;
    this.#ndcg += ndcgOf(board, gains);
    this.#detect(board, minute);
    this.#catch(board, minute);
  }

  result(): PlantedResult {
    const { trends } = this.#world;
    const times = trends.map((trend) => this.#found.get(trend) ?? Number.POSITIVE_INFINITY);
    const attacked: Partial<Record<AttackKind, number>> = {};
    for (const [kind, { ticks, hits }] of this.#attacks) attacked[kind] = hits / ticks;
    return {
      precision: this.#precision / this.#ticks,
      ndcg: this.#ndcg / this.#ticks,
      medianMinutes: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
      stability: this.#overlap / this.#ticks,
      attacked,
      ticks: this.#ticks,
    };
  }

  /** Expected excess of the tokens that trend at this minute. */
  #live(minute: number): Map<string, number> {
    const sums = new Map<number, number>();
    for (const trend of this.#world.trends) {
      if (minute < trend.start || minute > trend.start + 600) continue;
      const excess = this.#world.excess(trend, minute);
      sums.set(trend.token, (sums.get(trend.token) ?? 0) + excess);
    }
    const live = new Map<string, number>();
    for (const [token, excess] of sums)
      if (excess >= excessMin && excess >= this.#world.usual(token, minute))
        live.set(this.#world.nameOf(token), excess);
    return live;
  }

  #detect(board: readonly string[], minute: number): void {
    for (const trend of this.#world.trends) {
      const isOn = minute >= trend.start && minute < trend.start + 180;
      if (!isOn || this.#found.has(trend)) continue;
      if (board.includes(this.#world.nameOf(trend.token)))
        this.#found.set(trend, minute - trend.start);
    }
  }

  #catch(board: readonly string[], minute: number): void {
    for (const { token, start, length, kind } of this.#world.attacks) {
      if (minute < start + 5 || minute > start + length + 30) continue;
      const sum = this.#attacks.get(kind) ?? { ticks: 0, hits: 0 };
      sum.ticks += 1;
      sum.hits += Number(board.includes(this.#world.nameOf(token)));
      this.#attacks.set(kind, sum);
    }
  }
}

function ndcgOf(board: readonly string[], gains: ReadonlyMap<string, number>): number {
  const worth = (values: readonly number[]) =>
    values.reduce((sum, gain, place) => sum + Math.log2(1 + gain) / Math.log2(place + 2), 0);
  const ideal = worth([...gains.values()].sort((a, b) => b - a).slice(0, top));
  return ideal === 0 ? 1 : worth(board.map((token) => gains.get(token) ?? 0)) / ideal;
}

function overlapOf(before: readonly string[], now: readonly string[]): number {
  let [sum, weight, weights] = [0, 1, 0];
  for (let depth = 1; depth <= top; depth += 1) {
    const seen = new Set(before.slice(0, depth));
    sum += (weight * now.slice(0, depth).filter((token) => seen.has(token)).length) / depth;
    weights += weight;
    weight *= 0.9;
  }
  return sum / weights;
}
