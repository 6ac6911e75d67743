import { sightingAt, sightingBytes, type ViewerSightings } from '@trending/schemas';
import { wordAt } from '../domain/hash.ts';
import type { AggregateState } from './aggregate-state.ts';
import { JourneyFacts } from './journey-facts.ts';
import { JourneyMemory } from './journey-memory.ts';
import { Sightings } from './sightings.ts';

/** One viewer's, and when it was seen. */
interface Seen {
  readonly second: number;
  readonly told: ViewerSightings;
}

/**
 * The journey role in the same process, for those who count without a log: what the states see of viewers is found out, and told to them, at
 * every turn, in the order in which viewers were seen whichever state saw them. With a turn after each view the number of partitions makes no
 * difference. Holds what was seen since the last turn: whoever folds much takes turns on the way.
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
    if (this.#sightings.every(({ size }) => size === 0)) return;
    const seen = this.#sightings.flatMap((sightings, partition) => [
      ...seenBy(sightings, partition),
    ]);
    const facts = new JourneyFacts();
    for (const { told } of seen.sort((a, b) => a.second - b.second))
      this.#memory.enter(told, today, facts);
    for (const { partition, groups } of facts.all())
      for (const group of groups) this.#states[partition]?.store.applyJourneys(group);
  }
}

function* seenBy(sightings: Sightings, partition: number): Generator<Seen> {
  for (const { rows } of sightings.take(1).values())
    for (let at = 0; at < rows.length; at += sightingBytes) {
      const row = rows.subarray(at, at + sightingBytes);
      yield { second: wordAt(row, sightingAt.second), told: { partition, rows: row } };
    }
}
