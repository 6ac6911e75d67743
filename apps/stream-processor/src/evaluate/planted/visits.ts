import type { ViewEvent } from '../view-event.ts';
import { goneOnMax, pauseOf } from './going-on.ts';
import { looksOf, repeatMs } from './looks.ts';
import { Popularity } from './popularity.ts';
import type { Chance } from './random.ts';
import type { Seen, ViewMaker } from './view-maker.ts';
import { goOnOf, type WorldSettings } from './world-settings.ts';
import { minuteMs, minuteOf, timeOf } from './world-time.ts';

const sharedNetworks = 200;
const population = 60_000;

/** A person's visit, and how many others it follows. */
interface Visit extends Seen {
  readonly step: number;
}

/** Visits of people: several looks each, by returning visitors or new ones, who may go on to other tokens. */
export class Visits {
  readonly #chance: Chance;
  readonly #maker: ViewMaker;
  readonly #goOn: number;
  readonly #popularity: Popularity;
  /** By the minute in which they begin; the last ones begin a few minutes from now. */
  readonly #planned = new Map<number, Visit[]>();

  constructor(settings: WorldSettings, chance: Chance, maker: ViewMaker) {
    this.#chance = chance;
    this.#maker = maker;
    this.#goOn = goOnOf(settings);
    this.#popularity = new Popularity(settings.tokens);
  }

  /** People who come by themselves; `fresh` is the share of those who are new. */
  direct(
    events: ViewEvent[],
    come: {
      readonly token: number;
      readonly minute: number;
      readonly count: number;
      readonly fresh: number;
    },
  ): void {
    for (let i = 0; i < come.count; i += 1) {
      const isNew = this.#chance.unit() < come.fresh;
      const viewer = isNew ? population + this.#maker.next() : this.#chance.below(population);
      // One in five comes through a network that many share; which, stays with the viewer.
      const network = viewer % 5 === 0 ? viewer % sharedNetworks : sharedNetworks + viewer;
      const at = timeOf(come.minute) + this.#chance.below(minuteMs);
      this.#visit(events, { token: come.token, viewer, network, at, step: 0 });
    }
  }

  /** People who go on in this minute; ask for every minute once, in order. */
  goneOn(events: ViewEvent[], minute: number): void {
    for (const visit of this.#planned.get(minute) ?? []) this.#visit(events, visit);
    this.#planned.delete(minute);
  }

  #visit(events: ViewEvent[], visit: Visit): void {
    const looks = looksOf(this.#chance);
    for (let look = 0; look < looks; look += 1)
      events.push(this.#maker.view({ ...visit, at: visit.at + look * repeatMs }));
    if (this.#goOn === 0 || visit.step >= goneOnMax || this.#chance.unit() >= this.#goOn) return;
    this.#plan({
      ...visit,
      token: this.#popularity.other(visit.token, this.#chance),
      at: visit.at + (looks - 1) * repeatMs + pauseOf(this.#chance),
      step: visit.step + 1,
    });
  }

  #plan(visit: Visit): void {
    const minute = Math.floor(minuteOf(visit.at));
    const planned = this.#planned.get(minute) ?? [];
    planned.push(visit);
    this.#planned.set(minute, planned);
  }
}
