import type { Random } from '@trending/runtime/random';
import { pick, poisson } from './random.ts';
import { dailyRhythm, isOver, type Surge, surgeFactor, zipfWeights } from './rhythm.ts';
import { crudeBot, type Visitor, visitorOf } from './visitors.ts';

/** A view to publish: the token by its place in the list, and who looked. */
export interface DemoView extends Visitor {
  readonly token: number;
  readonly viewedAt: number;
}

export interface TrafficSettings {
  readonly tokens: number;
  readonly viewsPerSecond: number;
  /** Mean pause between the starts of organic surges. */
  readonly surgeEveryMs: number;
  /** Rate of the crude bot; 0 = none. */
  readonly botViewsPerSecond: number;
  readonly random: Random;
}

const surgesMax = 12;

/** Made-up visitors of a token site: Zipf popularity, a daily rhythm, organic surges, one crude bot. */
export class Traffic {
  readonly #settings: TrafficSettings;
  readonly #weights: readonly number[];
  readonly #phases: readonly number[];
  readonly #bot: number;
  #surges: Surge[] = [];

  constructor(settings: TrafficSettings) {
    const { random, tokens } = settings;
    this.#settings = settings;
    this.#weights = shuffled(zipfWeights(tokens), random);
    this.#phases = Array.from({ length: tokens }, () => random());
    this.#bot = Math.floor(random() * tokens);
  }

  /** Views of `[from, to)`, in time order. */
  between(from: number, to: number): DemoView[] {
    this.#turnSurges(from, to - from);
    const { viewsPerSecond, random } = this.#settings;
    const views: DemoView[] = [];
    for (const [token, weight] of this.#weights.entries()) {
      const rhythm = dailyRhythm(from, (this.#phases[token] ?? 0) / 4);
      const mean =
        weight * viewsPerSecond * rhythm * this.#factor(token, from) * ((to - from) / 1000);
      const count = poisson(random, mean);
      for (let i = 0; i < count; i += 1) {
        views.push({ ...visitorOf(random), token, viewedAt: within(random, from, to) });
      }
    }
    return [...views, ...this.#botViews(from, to)].sort((a, b) => a.viewedAt - b.viewedAt);
  }

  /** Starts a surge now; without a token, on one that is not popular. Returns the token. */
  spike(at: number, token = this.#unpopular()): number {
    const surge = {
      token,
      startedAt: at,
      height: this.#heightFor(token, 0.35),
      rampMs: 1_500,
      holdMs: 15_000,
      halfLifeMs: 20_000,
    };
    this.#surges = [...this.#surges.filter((other) => other.token !== token), surge].slice(
      -surgesMax,
    );
    return token;
  }

  /** Times the usual rate that bring a token to this share of the site. */
  #heightFor(token: number, share: number): number {
    return Math.max(3, share / (this.#weights[token] ?? 1));
  }

  #factor(token: number, at: number): number {
    let factor = 1;
    for (const surge of this.#surges)
      if (surge.token === token) factor = Math.max(factor, surgeFactor(surge, at));
    return factor;
  }

  #turnSurges(at: number, stepMs: number): void {
    const { random, surgeEveryMs } = this.#settings;
    this.#surges = this.#surges.filter((surge) => !isOver(surge, at));
    if (this.#surges.length >= surgesMax || random() > stepMs / surgeEveryMs) return;
    const token = this.#unpopular();
    const height = this.#heightFor(token, 0.03 + 0.12 * random());
    const holdMs = 20_000 + 90_000 * random();
    this.#surges.push({
      token,
      startedAt: at,
      height,
      rampMs: 10_000 + 30_000 * random(),
      holdMs,
      halfLifeMs: 45_000,
    });
  }

  #unpopular(): number {
    const median =
      this.#weights.toSorted((a, b) => a - b)[Math.floor(this.#weights.length / 2)] ?? 1;
    const calm = [...this.#weights.keys()].filter(
      (token) =>
        (this.#weights[token] ?? 1) <= median &&
        token !== this.#bot &&
        !this.#surges.some((s) => s.token === token),
    );
    return pick(this.#settings.random, calm.length > 0 ? calm : [0]);
  }

  #botViews(from: number, to: number): DemoView[] {
    const views: DemoView[] = [];
    if (this.#settings.botViewsPerSecond === 0) return views;
    const step = 1000 / this.#settings.botViewsPerSecond;
    for (let at = Math.ceil(from / step) * step; at < to; at += step) {
      views.push({ ...crudeBot, token: this.#bot, viewedAt: Math.floor(at) });
    }
    return views;
  }
}

function within(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from));
}

function shuffled(weights: readonly number[], random: Random): number[] {
  const order = weights.map((weight) => ({ weight, place: random() }));
  return order.sort((a, b) => a.place - b.place).map(({ weight }) => weight);
}
