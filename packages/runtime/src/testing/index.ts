import type { Clock } from '../clock.ts';

/** A clock that moves only when told. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Moves time forward by `ms`. */
  advance(ms: number): void {
    this.#now += ms;
  }
}

export interface Latch<T = void> {
  readonly opened: Promise<T>;
  open(value: T): void;
}

/** Resolves `opened` when somebody calls `open`: tests wait on events, never on sleeps. */
export function createLatch<T = void>(): Latch<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
}

export interface UntilSettings {
  readonly timeoutMs: number;
  readonly what: string;
  /** Time between two probes, ms; 50 when absent. */
  readonly everyMs?: number;
}

/** Polls until `probe` gives a value; throws with `what` and the last error at the deadline. */
export async function until<T>(
  settings: UntilSettings,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + settings.timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, settings.everyMs ?? 50));
  }
  throw new Error(`timed out after ${settings.timeoutMs} ms waiting for ${settings.what}`, {
    cause: last,
  });
}
