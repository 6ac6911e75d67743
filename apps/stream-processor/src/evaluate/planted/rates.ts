import { arrivalsOf, visitsOfOne } from './going-on.ts';
import { popularityOf, sharesOf } from './popularity.ts';
import { heightOf, noWave, turnOf, type Wave } from './waves.ts';
import { dayMinutes } from './world-time.ts';

/**
 * Usual visits of each token. Where people go on, fewer come by themselves: each token's popularity is divided by the visits that come
 * of one, so that the site has as many in all.
 */
export class Rates {
  readonly #phases: readonly number[];
  readonly #visitsOfOne: number;
  /** By token, of people who go on; none where nobody does. */
  readonly #arrivals: readonly Wave[];

  /** `phases`: of each token's day, in minutes. `goOn`: chance that a visit is followed by another. */
  constructor(phases: readonly number[], goOn: number) {
    this.#phases = phases;
    this.#visitsOfOne = visitsOfOne(goOn);
    const places = sharesOf(phases.length).map((share, token) => ({
      share,
      direct: this.#directWave(token),
    }));
    this.#arrivals = goOn === 0 ? [] : arrivalsOf(places, goOn);
  }

  /** Expected visits in this minute by people who come by themselves. */
  direct(token: number, minute: number): number {
    return this.#base(token) * this.#wave(token, minute);
  }

  /** Expected visits in the hour before `minute`, those by people who go on among them. */
  usual(token: number, minute: number): number {
    const arrivals = this.#arrivals[token] ?? noWave;
    let sum = 0;
    for (let back = 5; back <= 60; back += 5) {
      sum += 5 * this.#base(token) * this.#wave(token, minute - back);
      sum += 5 * heightOf(arrivals, minute - back);
    }
    return sum;
  }

  #base(token: number): number {
    return popularityOf(token) / this.#visitsOfOne;
  }

  #wave(token: number, minute: number): number {
    const turn = (minute + this.#phase(token)) / dayMinutes;
    return 1 + 0.5 * Math.sin(2 * Math.PI * turn);
  }

  #phase(token: number): number {
    return (this.#phases[token] ?? 0) * 0.15;
  }

  /** What `direct` tells of a token at any minute. */
  #directWave(token: number): Wave {
    const turn = turnOf(this.#phase(token));
    const mean = this.#base(token);
    return { mean, sine: 0.5 * mean * Math.cos(turn), cosine: 0.5 * mean * Math.sin(turn) };
  }
}
