/** The one source of wall-clock time; the core never sees it. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
