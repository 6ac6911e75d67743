import type { ViewEvent } from '../view-event.ts';
import { Attackers } from './attackers.ts';
import { type Attack, plantAttacks } from './attacks.ts';
import { MadeUpPeople } from './made-up-people.ts';
import { Chance } from './random.ts';
import { Rates } from './rates.ts';
import { plantTrends, riseOf, type Trend } from './trends.ts';
import { nameOf, ViewMaker } from './view-maker.ts';
import { Visits } from './visits.ts';
import { goOnOf, type WorldSettings } from './world-settings.ts';
import { dayMinutes, minuteOf } from './world-time.ts';

const noiseMinutes = 20;

/**
 * A site with Zipf popularity, a daily wave with a phase of each token's own, noise that lasts, visits of several views, returning
 * visitors and shared networks, in which trends and attacks are planted at random. Where `goOn` says so, visitors go on to other tokens.
 */
export class World {
  readonly settings: WorldSettings;
  readonly trends: readonly Trend[];
  readonly attacks: readonly Attack[];
  readonly #chance: Chance;
  readonly #rates: Rates;
  readonly #noise: Float64Array;
  readonly #visits: Visits;
  readonly #attackers: Attackers;
  readonly #people: MadeUpPeople;

  constructor(settings: WorldSettings) {
    const { seed, tokens } = settings;
    this.settings = settings;
    const chance = new Chance(seed);
    this.#chance = chance;
    const phases = Array.from({ length: tokens }, () => chance.below(dayMinutes));
    this.#rates = new Rates(phases, goOnOf(settings));
    this.#noise = new Float64Array(tokens).fill(1);
    this.trends = plantTrends(settings, chance);
    this.attacks = plantAttacks(settings, chance);
    const maker = new ViewMaker(chance);
    this.#visits = new Visits(settings, chance, maker);
    this.#attackers = new Attackers(settings, chance, maker);
    this.#people = new MadeUpPeople(tokens, chance, maker);
  }

  nameOf(token: number): string {
    return nameOf(token);
  }

  minuteOf(time: number): number {
    return minuteOf(time);
  }

  /** Usual visitors of a token in the hour before `minute`: those who come by themselves and those who go on to it. */
  usual(token: number, minute: number): number {
    return this.#rates.usual(token, minute);
  }

  /** Expected extra visitors of a trend in the hour before `minute`. */
  excess(trend: Trend, minute: number): number {
    let sum = 0;
    for (let back = 1; back <= 60; back += 1) sum += riseOf(trend, minute - back);
    return sum;
  }

  /** All views, minute by minute in order of time. */
  *views(): Generator<ViewEvent> {
    for (let minute = 0; minute < this.settings.days * dayMinutes; minute += 1) {
      if (minute % noiseMinutes === 0) this.#stir();
      yield* this.#viewsOf(minute).sort((a, b) => a.timestamp - b.timestamp);
    }
  }

  #viewsOf(minute: number): ViewEvent[] {
    const events: ViewEvent[] = [];
    for (const [token, noise] of this.#noise.entries()) {
      const count = this.#chance.poisson(this.#rates.direct(token, minute) * noise);
      this.#visits.direct(events, { token, minute, count, fresh: 0.2 });
    }
    for (const trend of this.trends) {
      const count = this.#chance.poisson(riseOf(trend, minute));
      const fresh = trend.viral ? 0.95 : 0.3;
      this.#visits.direct(events, { token: trend.token, minute, count, fresh });
    }
    this.#visits.goneOn(events, minute);
    for (const attack of this.attacks) {
      this.#attackers.attack(events, attack, minute);
      this.#people.attack(events, attack, minute);
    }
    this.#attackers.flood(events, minute);
    return events;
  }

  #stir(): void {
    for (let token = 0; token < this.#noise.length; token += 1)
      this.#noise[token] =
        0.7 * (this.#noise[token] as number) + 0.3 * this.#chance.gamma(1 / 0.15);
  }
}
