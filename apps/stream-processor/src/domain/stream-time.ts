import { gracePeriodMs } from './counting-rules.ts';
import { longestLevel, paneIndexOf } from './window-level.ts';

/** A partition's own time: running maxima, moved by records only and never back. */
export class StreamTime {
  /** Highest event time of a view, ms. */
  streamTime = 0;
  /** Highest record timestamp, ms. */
  logTime = 0;

  sawRecord(timestamp: number): void {
    if (timestamp > this.logTime) this.logTime = timestamp;
  }

  sawView(viewedAt: number): void {
    if (viewedAt > this.streamTime) this.streamTime = viewedAt;
  }

  /** Views below it are late; a view exactly at it is not. */
  watermark(): number {
    return this.streamTime - gracePeriodMs;
  }

  /** Late views at or above it are still counted: start of the oldest pane that the watermark keeps. */
  keptFrom(): number {
    const running = paneIndexOf(this.watermark(), longestLevel.paneSizeMs);
    return (running - 2 * longestLevel.paneCount) * longestLevel.paneSizeMs;
  }
}
