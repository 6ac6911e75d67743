import { ClassCounts } from '../domain/class-counts.ts';
import type { Verdict, ViewMemory } from '../domain/classify.ts';
import { doubleClickMs } from '../domain/counting-rules.ts';
import type { FoldedView } from '../domain/folded-view.ts';
import { hash3, hashText, wordAt } from '../domain/hash.ts';
import { StreamTime } from '../domain/stream-time.ts';
import { RecentTable } from './recent-table.ts';
import { type CategoriesOf, ViewCountStore } from './view-count-store.ts';

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
  readonly categoriesOf: CategoriesOf;
}

/** All that is known of one partition: a pure function of its records below `inputOffset` and of `asOf`. */
export class AggregateState implements ViewMemory {
  readonly store: ViewCountStore;
  readonly time = new StreamTime();
  readonly counts = new ClassCounts();
  readonly #events = new RecentTable();
  readonly #viewers = new RecentTable();
  #inputOffset: number;
  #newestReceivedAt = 0;

  constructor(settings: AggregateStateSettings) {
    this.#inputOffset = settings.from;
    this.store = new ViewCountStore(settings.asOf, settings.categoriesOf);
  }

  /** First offset that is not folded in yet. */
  get inputOffset(): number {
    return this.#inputOffset;
  }

  /** Receive time of the newest view in the counts, ms; 0 before any. */
  get newestReceivedAt(): number {
    return this.#newestReceivedAt;
  }

  /** A record is about to get its one fate. */
  accept({ offset, timestamp }: LogPosition): void {
    this.#inputOffset = offset + 1;
    this.counts.accepted += 1;
    this.time.sawRecord(timestamp);
  }

  /** The record's fate; every accepted record gets exactly one. */
  tally(verdict: Verdict): void {
    this.counts.add(verdict);
  }

  count(view: FoldedView): void {
    this.store.add(view);
    if (view.receivedAt > this.#newestReceivedAt) this.#newestReceivedAt = view.receivedAt;
  }

  watermark(): number {
    return this.time.watermark();
  }

  keptFrom(): number {
    return this.time.keptFrom();
  }

  recallEvent(view: FoldedView): boolean {
    const { eventId } = view;
    const { logTime } = this.time;
    const high = hash3(wordAt(eventId, 0), wordAt(eventId, 4), this.#tokenHash(view));
    const low = hash3(wordAt(eventId, 8), wordAt(eventId, 12), high);
    const slot = this.#events.claim(high, low, logTime);
    const isRecent = this.#events.isRecent(slot, logTime);
    this.#events.set(slot, logTime, 0);
    return isRecent;
  }

  recallViewer(view: FoldedView): boolean {
    const { viewer, viewedAt } = view;
    const { logTime } = this.time;
    const high = hash3(wordAt(viewer, 0), wordAt(viewer, 4), this.#tokenHash(view));
    const low = hash3(wordAt(viewer, 4), wordAt(viewer, 0), high);
    const slot = this.#viewers.claim(high, low, logTime);
    const isNear = Math.abs(viewedAt - this.#viewers.valueAt(slot)) < doubleClickMs;
    const isRepeated = isNear && this.#viewers.isRecent(slot, logTime);
    this.#viewers.set(slot, logTime, viewedAt);
    return isRepeated;
  }

  #tokenHash({ token }: FoldedView): number {
    return this.store.hashOf(token) ?? hashText(token);
  }
}
