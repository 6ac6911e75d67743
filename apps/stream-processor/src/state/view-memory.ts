import { recallsViewer } from '../domain/classify.ts';
import { doubleClickMs } from '../domain/counting-rules.ts';
import { hash3, wordAt } from '../domain/hash.ts';
import { RecentTable } from './recent-table.ts';
import { type JournalRow, tellsView } from './view-journal.ts';

/** Event ids and last views of viewers within one memory's length of log time. Every call moves `logTime` on, never back. */
export class RecentViews {
  readonly #events = new RecentTable({ withValues: false });
  readonly #viewers = new RecentTable({ withValues: true });

  /** Was the event here lately? Remembers it, seen again or not: only the last memory's length decides then. */
  recallEvent(high: number, low: number, logTime: number): boolean {
    const slot = this.#events.claim(high, low, logTime);
    const isRecent = this.#events.isRecent(slot, logTime);
    this.#events.set(slot, logTime);
    return isRecent;
  }

  /** Did the viewer view the token within the double-click time? Remembers this view as its last. */
  recallViewer(viewer: Uint8Array, tokenHash: number, sight: Sight): boolean {
    const { viewedAt, logTime } = sight;
    const high = hash3(wordAt(viewer, 0), wordAt(viewer, 4), tokenHash);
    const low = hash3(wordAt(viewer, 4), wordAt(viewer, 0), high);
    const slot = this.#viewers.claim(high, low, logTime);
    const isNear = Math.abs(viewedAt - this.#viewers.valueAt(slot)) < doubleClickMs;
    const isRepeated = isNear && this.#viewers.isRecent(slot, logTime);
    this.#viewers.set(slot, logTime, viewedAt);
    return isRepeated;
  }

  /** Remembers what the fold remembered of this record. */
  remember(row: JournalRow, logTime: number): void {
    if (!tellsView(row.verdict)) return;
    this.recallEvent(row.eventHigh, row.eventLow, logTime);
    if (recallsViewer(row.verdict))
      this.recallViewer(row.viewer, row.tokenHash, { viewedAt: row.viewedAt, logTime });
  }
}

interface Sight {
  readonly viewedAt: number;
  readonly logTime: number;
}
