import { performance } from 'node:perf_hooks';
import type { Clock } from '@trending/runtime';
import type { Connection } from './connection.ts';
import type { Pressure } from './pressure.ts';

/** How often connections that read nothing are to be looked for. */
export const patrolMs = 500;
/** Rounds so far apart mean that the process stood still: answers may have come that nobody has read yet. */
const stalledAfterMs = 2_000;

export interface PatrolSettings {
  /** Counts ms, and is never put forward or back. */
  readonly stopwatch: Clock;
  readonly pressure: Pressure;
}

/** Closes who reads nothing, or has more waiting than any frame accounts for, whatever put it there. */
export class Patrol {
  readonly #settings: PatrolSettings;
  #lastAt = performance.now();
  #wasSkipped = false;

  constructor(settings: PatrolSettings) {
    this.#settings = settings;
  }

  round(sessions: Iterable<{ readonly connection: Connection }>): void {
    const { stopwatch, pressure } = this.#settings;
    const now = stopwatch.now();
    const isStalled = this.#isStalled();
    for (const { connection } of sessions) {
      if (connection.bufferedBytes() > pressure.closeAboveBytes) connection.close('slow');
      else if (isStalled) connection.forgive(now);
      else if (!connection.isReading(now)) connection.close('slow');
    }
  }

  /** Never twice in a row, or a process that is always late would never close anybody. */
  #isStalled(): boolean {
    const at = performance.now();
    this.#wasSkipped = !this.#wasSkipped && at - this.#lastAt > stalledAfterMs;
    this.#lastAt = at;
    return this.#wasSkipped;
  }
}
