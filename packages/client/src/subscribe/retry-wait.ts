import type { CloseReason } from '@trending/schemas/frames';
import { timing } from './timing.ts';

const farewell: CloseReason = 'shutdown';

export interface Ending {
  readonly reason: string | undefined;
  /** What the gateway asked for; undefined when it said nothing. */
  readonly askedMs: number | undefined;
  /** Failures in a row, this one included. */
  readonly failures: number;
}

/** Wait before the next connection, ms: longer after every failure, and never sooner than was asked for, within a minute. */
export function retryWaitMs({ reason, askedMs, failures }: Ending, random: number): number {
  const full = Math.min(timing.retryMax, timing.retryFirst * 2 ** Math.min(failures, 10));
  // A gateway that says goodbye says it to everybody at once; a lone cut is worth a quick try.
  const spread = reason === farewell ? Math.max(full, timing.farewellSpread) : full;
  // Full jitter: thousands of pages that lost the same gateway must not come back together.
  const own = 100 + random * (spread - 100);
  if (askedMs === undefined) return own;
  return Math.max(own, Math.min(askedMs, timing.retryAskedMax) + random * timing.retryAskedSpread);
}
