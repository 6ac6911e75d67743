import {
  aDayLater,
  type JourneyBits,
  type JourneyKind,
  journey,
  journeyBits,
  kindOfJourney,
} from '../domain/journey.ts';
import { type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import type { LevelSums } from './level-sums.ts';
import { LooseJourneys, type ViewerPair } from './loose-journeys.ts';
import type { ViewerEntries } from './viewer-entries.ts';
import type { StoredViewer } from './viewer-rows.ts';

/** A fact of a viewer of a token. `token`: its number here, 0 = not in memory. */
export interface JourneyFact extends Readonly<ViewerPair> {
  readonly token: number;
  readonly kind: JourneyKind;
  /** UTC day since 1970. */
  readonly day: number;
}

/** Told of every token whose sums change. */
export type Touched = (span: ViewerSpan, token: number) => void;

interface JourneySources {
  readonly entries: ViewerEntries;
  readonly levels: readonly LevelSums[];
  /** Hash of a token's name, by its number. */
  readonly hashOf: (token: number) => number;
}

/**
 * What is known of viewers beyond their views: where they came from, and who went on. A fact of a day counts on it and on the day after,
 * for the viewer's row or for one that is still to come: so which rows there were when it arrived makes no difference.
 */
export class Journeys {
  readonly #sources: JourneySources;
  #loose = new LooseJourneys();
  #day = -1;

  constructor(sources: JourneySources) {
    this.#sources = sources;
  }

  /** The newest day that facts or windows have reached. */
  get day(): number {
    return this.#day;
  }

  get loose(): Pick<LooseJourneys, 'all' | 'size' | 'refused'> {
    return this.#loose;
  }

  apply(fact: JourneyFact, touched: Touched): void {
    this.turnTo(fact.day, touched);
    const bits = journeyBits(fact.kind, this.#day - fact.day);
    if (bits === 0) return;
    const { entries } = this.#sources;
    const entry = fact.token === 0 ? 0 : entries.find(fact);
    if (entry === 0) this.#loose.add(fact, bits);
    else this.#change(entry, entries.journeysOf(entry) | bits, touched);
  }

  /** The days up to this one have come; never back. */
  turnTo(day: number, touched: Touched): void {
    if (day <= this.#day) return;
    const isNext = day === this.#day + 1;
    this.#day = day;
    const { entries } = this.#sources;
    for (let entry = 1; entry < entries.end(); entry += 1) {
      const bits = entries.journeysOf(entry);
      if (bits !== 0) this.#change(entry, isNext ? aDayLater(bits) : 0, touched);
    }
    // After days without anything none of them counts any more.
    for (let past = isNext ? 1 : 2; past > 0; past -= 1) this.#loose = this.#loose.aDayLater();
  }

  /** A row is there now. */
  begin(entry: number): void {
    const { entries } = this.#sources;
    entries.setJourneys(
      entry,
      this.#loose.size() === 0 ? 0 : this.#loose.bitsOf(this.#pair(entry)),
    );
  }

  /** A row is about to go. */
  end(entry: number): void {
    const { entries } = this.#sources;
    const bits = entries.journeysOf(entry);
    if (bits === 0) return;
    this.#loose.add(this.#pair(entry), bits);
    entries.setJourneys(entry, 0);
  }

  /** Facts as another store kept them: of a row, of one that no window reaches any more, or of none. */
  load(entry: number, { journeys, journeyDay }: Readonly<StoredViewer>): void {
    this.#sources.entries.setJourneys(entry, this.#since(journeys, journeyDay));
  }

  loadGone({ token, viewerHigh, viewerLow, journeys, journeyDay }: Readonly<StoredViewer>): void {
    const tokenHash = this.#sources.hashOf(token);
    this.loadLoose({ tokenHash, viewerHigh, viewerLow }, journeys, journeyDay);
  }

  loadLoose(pair: Readonly<ViewerPair>, bits: JourneyBits, day: number): void {
    this.#loose.add(pair, this.#since(bits, day));
  }

  /** A viewer has joined a period, or is about to leave it. */
  count(entry: number, sums: LevelSums, by: 1 | -1): void {
    const { entries } = this.#sources;
    const bits = entries.journeysOf(entry);
    if (bits !== 0) sums.countJourney(entries.tokenOf(entry), kindOfJourney(bits), by);
  }

  #since(bits: JourneyBits, day: number): JourneyBits {
    this.turnTo(day, untouched);
    if (day === this.#day) return bits;
    return day === this.#day - 1 ? aDayLater(bits) : 0;
  }

  #change(entry: number, bits: JourneyBits, touched: Touched): void {
    const { entries, levels } = this.#sources;
    const before = kindOfJourney(entries.journeysOf(entry));
    const after = kindOfJourney(bits);
    entries.setJourneys(entry, bits);
    if (before === after) return;
    const token = entries.tokenOf(entry);
    for (const span of viewerSpans) {
      if (!entries.isMember(entry, 1 << span.index)) continue;
      const sums = levels[span.index] as LevelSums;
      if (before !== journey.none) sums.countJourney(token, before, -1);
      if (after !== journey.none) sums.countJourney(token, after, 1);
      touched(span, token);
    }
  }

  #pair(entry: number): ViewerPair {
    const { entries, hashOf } = this.#sources;
    return {
      tokenHash: hashOf(entries.tokenOf(entry)),
      viewerHigh: entries.viewerHighOf(entry),
      viewerLow: entries.viewerLowOf(entry),
    };
  }
}

/** Nothing counts yet while a store is being loaded. */
function untouched(): void {}
