import type { JourneyGroup } from '@trending/schemas';
import { ClassCounts } from '../domain/class-counts.ts';
import { entersPanes, type Verdict, type ViewMemory } from '../domain/classify.ts';
import type { DeadLetterReason, FoldedView } from '../domain/folded-view.ts';
import { hash3, wordAt } from '../domain/hash.ts';
import { provenanceOf } from '../domain/provenance.ts';
import { StreamTime } from '../domain/stream-time.ts';
import type { KnownTokens } from './category-table.ts';
import { ViewCountStore } from './view-count-store.ts';
import { readJournal, receiptOf, tellsView, ViewJournal } from './view-journal.ts';
import { RecentViews } from './view-memory.ts';

/** Where and when a record stands in its log. */
export interface LogPosition {
  readonly offset: number;
  readonly timestamp: number;
}

export interface AggregateStateSettings {
  /** First offset to fold. */
  readonly from: number;
  /** The windows end here; older views that no window reaches any more are not kept. */
  readonly asOf: number;
  readonly known: KnownTokens;
  /** Only evaluations have one of their own: tokens with so many effective visitors are candidates, micro. */
  readonly floorMicro?: number;
}

/** A state without its columns. */
export interface StateSummary {
  readonly inputOffset: number;
  readonly journeyOffset: number;
  readonly counts: readonly number[];
  readonly streamTime: number;
  readonly logTime: number;
  readonly newestReceivedAt: number;
  readonly asOf: number;
}

/** Which rows of a journal to remember: `[from, to)` of `rows`, with the log's time before the first of them. */
export interface RecollectedRange {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly logTime: number;
}

/** All that is known of one partition: a pure function of its records below `inputOffset` and of `asOf`. */
export class AggregateState implements ViewMemory {
  readonly store: ViewCountStore;
  readonly time = new StreamTime();
  readonly counts = new ClassCounts();
  readonly #recent = new RecentViews();
  #journal: ViewJournal | undefined;
  /** Of the record at hand. */
  readonly #origin = { timestamp: 0, eventHigh: 0, eventLow: 0, provenance: 0 };
  #firstOffset: number;
  #inputOffset: number;
  #newestReceivedAt = 0;
  #journeyOffset = 0;

  constructor(settings: AggregateStateSettings) {
    this.#firstOffset = settings.from;
    this.#inputOffset = settings.from;
    const { asOf, known, floorMicro } = settings;
    this.store = new ViewCountStore(asOf, known, floorMicro);
  }

  /** First offset that is not folded in yet. */
  get inputOffset(): number {
    return this.#inputOffset;
  }

  /** First offset of the journeys topic that is not applied yet. */
  get journeyOffset(): number {
    return this.#journeyOffset;
  }

  /** Offset of the first record that was ever folded in, by whoever began. */
  get firstOffset(): number {
    return this.#firstOffset;
  }

  /**
   * Records of the log between the first offset and the present one that were not accepted, or below 0, accepted more than once: 0, or the
   * conservation law is broken. The offsets are the broker's, so unlike the residual this notices a wrong number of accepted records.
   */
  unaccepted(): number {
    return this.#inputOffset - this.#firstOffset - this.counts.accepted;
  }

  /** Receive time of the newest view in the counts, ms; 0 before any. */
  get newestReceivedAt(): number {
    return this.#newestReceivedAt;
  }

  /** A record is about to get its one fate. */
  accept({ offset, timestamp }: LogPosition): void {
    this.#inputOffset = offset + 1;
    this.#origin.timestamp = timestamp;
    this.counts.accepted += 1;
    this.time.sawRecord(timestamp);
  }

  /** Takes what is known of viewers of this partition's tokens, from records of the journeys topic below `next`. */
  applyJourneys(next: number, groups: readonly JourneyGroup[]): void {
    if (next <= this.#journeyOffset) return;
    this.#journeyOffset = next;
    for (const group of groups) this.store.applyJourneys(group);
  }

  /** The fate of a record that is no view. */
  putAside(reason: DeadLetterReason): void {
    this.counts.add({ class: 'dead-lettered', reason });
    this.#journal?.addDeadLetter(this.#origin.timestamp);
  }

  /** A transaction's marker: takes an offset, moves no time, and is remembered by nobody. */
  passMarker(offset: number): void {
    this.#inputOffset = offset + 1;
    this.counts.accepted += 1;
    this.counts.add({ class: 'marker', reason: '' });
    this.#journal?.addMarker();
  }

  /** The fate of a view: moves event time, and counts it when it enters the panes. Every record gets exactly one fate. */
  settle(verdict: Verdict, view: FoldedView): void {
    this.counts.add(verdict);
    this.time.sawView(view.viewedAt);
    const isCounted = entersPanes(verdict);
    this.#origin.provenance = isCounted ? provenanceOf(view) : 0;
    this.#journal?.addView(verdict, view, this.#origin);
    if (!isCounted) return;
    this.store.add(view, this.#origin.provenance);
    this.#sawReceipt(receiptOf(view, this.#origin.timestamp));
  }

  watermark(): number {
    return this.time.watermark();
  }

  keptFrom(): number {
    return this.time.keptFrom();
  }

  recallEvent(view: FoldedView): boolean {
    const { eventId } = view;
    const high = hash3(wordAt(eventId, 0), wordAt(eventId, 4), this.store.hashOf(view.token));
    const low = hash3(wordAt(eventId, 8), wordAt(eventId, 12), high);
    this.#origin.eventHigh = high;
    this.#origin.eventLow = low;
    return this.#recent.recallEvent(high, low, this.time.logTime);
  }

  recallViewer({ viewer, token, viewedAt }: FoldedView): boolean {
    const sight = { viewedAt, logTime: this.time.logTime };
    return this.#recent.recallViewer(viewer, this.store.hashOf(token), sight);
  }

  /** From now on keeps what the fold makes of every record. @returns what was kept so far. */
  turnJournal(): ViewJournal | undefined {
    const turned = this.#journal;
    this.#journal = new ViewJournal(this.#inputOffset);
    return turned;
  }

  get journal(): ViewJournal | undefined {
    return this.#journal;
  }

  /** Does again what the fold did with the records of a journal that begins at the state's offset. */
  replay(payload: Uint8Array, rows: number): void {
    const newestReceivedAt = readJournal({ payload, rows }, (row) => {
      this.accept({ offset: this.#inputOffset, timestamp: row.timestamp });
      this.counts.add(row.verdict);
      if (!tellsView(row.verdict)) return;
      this.#recent.remember(row, this.time.logTime);
      this.time.sawView(row.viewedAt);
      if (entersPanes(row.verdict)) this.store.add(row, row.provenance);
    });
    this.#sawReceipt(newestReceivedAt);
  }

  /** Remembers the views of a journal that lies before the state's offset, without counting them. Journals come in order. */
  recollect(payload: Uint8Array, range: RecollectedRange): void {
    let { logTime } = range;
    let index = 0;
    readJournal({ payload, rows: range.rows, withNames: false }, (row) => {
      logTime = Math.max(logTime, row.timestamp);
      if (index >= range.from && index < range.to) this.#recent.remember(row, logTime);
      index += 1;
    });
  }

  /** Stands where another state stood: the store is already filled. It began with the first record that it accepted, unless told otherwise. */
  adopt(summary: StateSummary): void {
    this.#inputOffset = summary.inputOffset;
    this.#journeyOffset = summary.journeyOffset;
    this.counts.adopt(summary.counts);
    this.#firstOffset = this.#inputOffset - this.counts.accepted;
    this.time.sawRecord(summary.logTime);
    this.time.sawView(summary.streamTime);
    this.#sawReceipt(summary.newestReceivedAt);
    this.store.advance(summary.asOf);
  }

  /** What {@link firstOffset} was where the adopted state was counted. */
  beganAt(offset: number): void {
    this.#firstOffset = offset;
  }

  /** All of the state that is not in the store's columns. */
  summary(): StateSummary {
    const { streamTime, logTime } = this.time;
    return {
      inputOffset: this.#inputOffset,
      journeyOffset: this.#journeyOffset,
      counts: this.counts.values(),
      streamTime,
      logTime,
      newestReceivedAt: this.#newestReceivedAt,
      asOf: this.store.asOf,
    };
  }

  #sawReceipt(receivedAt: number): void {
    if (receivedAt > this.#newestReceivedAt) this.#newestReceivedAt = receivedAt;
  }
}
