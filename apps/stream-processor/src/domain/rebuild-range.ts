import { futureGuardMs, memoryMs } from './counting-rules.ts';
import { horizonMs } from './window-level.ts';

/**
 * Record timestamp from which the log must be folded so that the state at `now` equals that of a process that never stopped.
 * A view is at most `futureGuardMs` ahead of its record's timestamp, so older records reach no pane; whether a view is a duplicate
 * depends on one memory's length before it, and whether it is a double-click on the non-duplicates within one more.
 */
export function rebuildFrom(now: number): number {
  return now - horizonMs - futureGuardMs - 2 * memoryMs;
}
