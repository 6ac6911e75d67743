import { retryAfterMs } from '../retry-after.ts';

const firstMs = 200;
const longestMs = 15_000;
const longestAskedMs = 120_000;
const spreadMs = 1_000;

/** Wait after the nth failure in a row, ms: full jitter, so that many publishers do not come back together. */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16));
  return Math.round(random * full);
}

/** What `Retry-After` asks for, ms, bounded; undefined when it says nothing usable. */
export function askedWaitMs(header: string | null, now: number): number | undefined {
  const ms = retryAfterMs(header, now);
  return ms === undefined ? undefined : Math.min(longestAskedMs, ms);
}

/** The wait before the next attempt: never sooner than asked, and spread beyond it; who asks for none gets the usual one. */
export function delayMs(failures: number, asked: number | undefined, random: number): number {
  const own = backoffMs(failures, random);
  if (asked === undefined) return own;
  return Math.max(own, asked + Math.round(random * Math.min(spreadMs, asked)));
}
