import {
  sightingAt,
  sightingBytes,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import { wordAt } from '../domain/hash.ts';
import { dayOfSecond, goneOnSeconds } from '../domain/journey.ts';
import { tokenHashFrom } from '../domain/token-hash.ts';
import { type FactPlace, JourneyFacts } from './journey-facts.ts';
import { JourneyGeneration } from './journey-generation.ts';

/** Views may be a minute ahead of the log, so that they are of the next day; any later day is a clock that is wrong. */
const daysAheadMax = 1;
/** Viewers of one day that are remembered, about 130 MB; whoever comes later gives facts only where it is known already. */
const viewersMaxByDefault = 4_000_000;

/** Where and when a viewer was seen. */
interface SeenPlace extends FactPlace {
  readonly second: number;
}

/** A viewer's row, and whose it is. */
interface Known {
  generation: JourneyGeneration;
  /** 0 = not known. */
  row: number;
}

/**
 * What one partition of the sightings knows of its viewers: the first token of each and the last. Of two days:
 * the newest one of all sightings and the one before; what is older is dropped whole. Whoever is seen on a new day takes along what was
 * known of them. The same sightings in the same order give the same facts; those of a day that is no longer held give facts by what is known,
 * and are not remembered.
 */
export class JourneyMemory {
  readonly #viewersMax: number;
  #newest = new JourneyGeneration(Number.NEGATIVE_INFINITY);
  #before = new JourneyGeneration(Number.NEGATIVE_INFINITY);
  readonly #known: Known = { generation: this.#newest, row: 0 };
  #taken = 0;
  #ahead = 0;
  #unremembered = 0;

  constructor({ viewersMax = viewersMaxByDefault }: { readonly viewersMax?: number } = {}) {
    this.#viewersMax = viewersMax;
  }

  /** Viewers in memory, by day; one of both days counts twice. */
  size(): number {
    return this.#newest.size() + this.#before.size();
  }

  /** Sightings since the beginning: taken, passed over for their day, and of viewers that there was no room for. */
  counts(): { readonly taken: number; readonly ahead: number; readonly unremembered: number } {
    return { taken: this.#taken, ahead: this.#ahead, unremembered: this.#unremembered };
  }

  /** The facts that follow, none where nothing does. `today`: UTC day since 1970 by the log. */
  take(sightings: ViewerSightings, today: number): readonly ViewerJourneys[] {
    const facts = new JourneyFacts();
    this.enter(sightings, today, facts);
    return facts.all();
  }

  /** As {@link take}, together with the facts of other records; without facts where they are told already. */
  enter({ partition, rows }: ViewerSightings, today: number, facts?: JourneyFacts): void {
    for (let at = 0; at + sightingBytes <= rows.length; at += sightingBytes) {
      const second = wordAt(rows, at + sightingAt.second);
      const day = dayOfSecond(second);
      if (day > today + daysAheadMax) {
        this.#ahead += 1;
        continue;
      }
      this.#taken += 1;
      this.#moveTo(day);
      facts?.aboutViewer(rows, at + sightingAt.viewer);
      const viewer = at + sightingAt.viewer;
      this.#find(wordAt(rows, viewer), wordAt(rows, viewer + 4), day);
      const token = tokenHashFrom(
        wordAt(rows, at + sightingAt.token + 4),
        wordAt(rows, at + sightingAt.token),
      );
      const place = { partition, token, day, second };
      if (this.#known.row === 0) this.#remember(place);
      else this.#goOn(place, facts);
    }
  }

  /** A viewer that was found is at a token. */
  #goOn(place: SeenPlace, facts: JourneyFacts | undefined): void {
    const { generation, row } = this.#known;
    const here = generation.tokens.numberOf(place.token);
    const last = generation.lastOf(row);
    const isFirst = here === generation.firstOf(row);
    // What is told twice, or late, tells where it was and not where it went.
    const seconds = place.second - generation.lastSecondOf(row);
    if (isFirst && here !== last) {
      // Who comes back to the first token goes nowhere new.
      if (seconds > 0) facts?.came(place);
      return;
    }
    const isMove = seconds > 0 && here !== last;
    if (isMove && seconds <= goneOnSeconds) {
      const [token, partition] = [
        generation.tokens.tokenOf(last),
        generation.tokens.partitionOf(last),
      ];
      facts?.went({ partition, token, day: place.day });
    }
    if (!isFirst) facts?.came(place);
    if (seconds <= 0 || place.day < this.#before.day) return;
    generation.setLast(row, generation.tokens.numbered(place.token, place.partition), place.second);
  }

  /** What is known of the viewer; the newest day takes it along when it is seen on it. */
  #find(high: number, low: number, day: number): void {
    const known = this.#known;
    const [newest, before] = [this.#newest, this.#before];
    known.generation = newest;
    known.row = newest.find(high, low);
    if (known.row !== 0) return;
    const row = before.find(high, low);
    if (row !== 0 && day === newest.day && this.#hasRoom(newest)) {
      const [first, last] = [before.firstOf(row), before.lastOf(row)].map((token) =>
        newest.tokens.numbered(before.tokens.tokenOf(token), before.tokens.partitionOf(token)),
      ) as [number, number];
      known.row = newest.add(first);
      newest.setLast(known.row, last, before.lastSecondOf(row));
      return;
    }
    known.generation = before;
    known.row = row;
  }

  /** Enters the viewer that was looked for in vain, where its day is held. */
  #remember({ token, partition, day, second }: SeenPlace): void {
    const generation = day === this.#newest.day ? this.#newest : this.#before;
    if (day !== generation.day || !this.#hasRoom(generation)) return;
    const first = generation.tokens.numbered(token, partition);
    generation.setLast(generation.add(first), first, second);
  }

  #hasRoom(generation: JourneyGeneration): boolean {
    if (generation.size() < this.#viewersMax) return true;
    this.#unremembered += 1;
    return false;
  }

  #moveTo(day: number): void {
    const newest = this.#newest;
    if (day <= newest.day) return;
    this.#before = newest.day === day - 1 ? newest : new JourneyGeneration(day - 1);
    this.#newest = new JourneyGeneration(day);
  }
}
