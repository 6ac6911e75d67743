import type { AggregateState } from './aggregate-state.ts';
import { JourneyMemory } from './journey-memory.ts';
import { Sightings } from './sightings.ts';

/**
 * The journey role in the same process, for those who count without a log: what the states see of viewers is found out, and told to them, at
 * every turn. With a turn after each view the number of partitions makes no difference.
 */
export class JourneyLoop {
  readonly #states: readonly AggregateState[];
  readonly #memory = new JourneyMemory();
  readonly #sightings: readonly Sightings[];

  constructor(states: readonly AggregateState[]) {
    this.#states = states;
    this.#sightings = states.map(({ store }) => {
      const sightings = new Sightings();
      store.sightings = sightings;
      return sightings;
    });
  }

  /** `today`: UTC day since 1970 by the log. */
  turn(today: number): void {
    for (const [partition, sightings] of this.#sightings.entries()) {
      if (sightings.size === 0) continue;
      for (const told of sightings.take(1).values())
        for (const facts of this.#memory.take({ partition, ...told }, today))
          for (const group of facts.groups)
            this.#states[facts.partition]?.store.applyJourneys(group);
    }
  }
}
