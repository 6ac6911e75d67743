import type { ViewEvent } from '../view-event.ts';
import { type PeoplePlan, peoplePlanOf } from './attack-kinds.ts';
import type { Attack } from './attacks.ts';
import { looksOf, repeatMs } from './looks.ts';
import { Popularity } from './popularity.ts';
import type { Chance } from './random.ts';
import type { ViewMaker } from './view-maker.ts';
import { minuteMs, timeOf } from './world-time.ts';

/** Ids that no other visitor of a world has: a block of them for each crew, more than an attack needs. */
const firstId = 0x6000_0000;
const crewIds = 1_024;
/** Who warms up does so in the minute so long before, wherever in it. */
const warmUpMinutes = 3;

/** Views of attackers that look like people: each is a viewer and a network of its own. */
export class MadeUpPeople {
  readonly #chance: Chance;
  readonly #maker: ViewMaker;
  readonly #popularity: Popularity;

  constructor(tokens: number, chance: Chance, maker: ViewMaker) {
    this.#chance = chance;
    this.#maker = maker;
    this.#popularity = new Popularity(tokens);
  }

  /** What an attack does in this minute; ask from a few minutes before it begins. */
  attack(events: ViewEvent[], attack: Attack, minute: number): void {
    const plan = peoplePlanOf(attack.kind);
    if (plan === undefined) return;
    for (const viewer of comingOf(attack, plan, minute)) {
      const looks = plan.looks ? looksOf(this.#chance) : 1;
      this.#look(events, { token: attack.token, viewer, minute, looks });
    }
    if (!plan.warmsUp) return;
    for (const viewer of comingOf(attack, plan, minute + warmUpMinutes)) {
      const token = this.#popularity.other(attack.token, this.#chance);
      this.#look(events, { token, viewer, minute, looks: 1 });
    }
  }

  #look(
    events: ViewEvent[],
    visit: {
      readonly token: number;
      readonly viewer: number;
      readonly minute: number;
      readonly looks: number;
    },
  ): void {
    const { token, viewer } = visit;
    const start = timeOf(visit.minute) + this.#chance.below(minuteMs);
    for (let look = 0; look < visit.looks; look += 1)
      events.push(
        this.#maker.view({ token, viewer, network: viewer, at: start + look * repeatMs }),
      );
  }
}

/** Those who come to the attacked token in this minute. */
function comingOf({ start, length, crew }: Attack, plan: PeoplePlan, minute: number): number[] {
  const age = minute - start;
  if (age < 0 || age >= length || age % plan.every >= plan.on) return [];
  const first = firstId + crew * crewIds + age * plan.perMinute;
  return Array.from({ length: plan.perMinute }, (_, index) => first + index);
}
