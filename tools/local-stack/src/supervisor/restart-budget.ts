import { backoffDelay } from '@trending/runtime';

const crashesMax = 5;
const periodMs = 120_000;

const backoff = { initialMs: 250, maxMs: 8_000 };

/** What to do after a crash at `now`, given the earlier ones: wait so long, or give up (undefined). */
export function restartDelay(crashTimes: readonly number[], now: number): number | undefined {
  const recent = crashTimes.filter((time) => time > now - periodMs);
  if (recent.length >= crashesMax) return undefined;
  return backoffDelay(backoff, recent.length, 1);
}

/** For fault runs: as patient as {@link restartDelay} is quick, and never giving up. */
export function restartDelayForEver(crashTimes: readonly number[], now: number): number {
  const recent = crashTimes.filter((time) => time > now - periodMs);
  return backoffDelay(backoff, recent.length, 1);
}
