import type { Logger } from '@trending/runtime';
import type { Clock } from '@trending/runtime/clock';
import { AppError } from '@trending/runtime/errors';
import { type Log, partitionKey } from './log-port.ts';

/** A partition that somebody reads, and the next offset they will handle. */
export interface WatchedPosition {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
}

export interface ProgressWatchdogSettings {
  /** Asks for the high watermarks; its connection is not the consumer's. */
  readonly log: Pick<Log, 'endOffsets'>;
  /** Where the reader is now. Leave out partitions that are paused on purpose or being restored. */
  readonly positions: () => readonly WatchedPosition[];
  readonly stalled: (error: AppError) => void;
  /** What reading waits for that a restart would not mend; while there is something, standing still is no stall. */
  readonly waitsFor?: (() => string | undefined) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stallMs?: number;
  readonly intervalMs?: number;
}

/** A part of a service: checks from start to stop. */
export interface ProgressWatchdog {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One check, now; the timer calls it. */
  check(): Promise<void>;
}

interface Seen {
  readonly position: number;
  /** When it was first known that records wait behind this position, ms; undefined: none did. */
  readonly waitingSince: number | undefined;
}

/**
 * Finds consumers that hang without an error: records wait below the high watermark and the position has not moved for 20 s; with
 * the time between two looks, at both ends, and a question that has to be asked twice that is at most 30 s. Answers about the ends may be
 * slow: a wait counts from the answer that told of it to the time when positions were read next, never the other way round.
 * An unreachable broker is not a stall of the reader and only logged.
 */
export function createProgressWatchdog(settings: ProgressWatchdogSettings): ProgressWatchdog {
  const { log, positions, stalled, clock, logger, stallMs = 20_000, intervalMs = 2_000 } = settings;
  let seen = new Map<string, Seen>();
  let timer: NodeJS.Timeout | undefined;
  /** When the check began that is under way, ms. */
  let checkingSince: number | undefined;

  async function check(): Promise<void> {
    const begun = clock.now();
    checkingSince = begun;
    if (settings.waitsFor?.() !== undefined) return judge(new Map(), begun);
    const next = new Map<string, Seen>();
    for (const [topic, own] of Map.groupBy(positions(), (watched) => watched.topic)) {
      const ends = await log.endOffsets(topic);
      for (const watched of own) {
        const key = partitionKey(watched);
        next.set(key, look(watched, ends.get(watched.partition) ?? 0, seen.get(key)));
      }
    }
    // When another one was begun since, this answer is too old to judge by.
    if (checkingSince === begun) judge(next, begun);
  }

  /** `begun`: when the positions were read, ms. */
  function judge(next: Map<string, Seen>, begun: number): void {
    seen = next;
    for (const [key, state] of seen) {
      const { waitingSince = Number.POSITIVE_INFINITY } = state;
      if (begun - waitingSince >= stallMs) stalled(stallError(key, state, stallMs));
    }
  }

  function look({ position }: WatchedPosition, end: number, before: Seen | undefined): Seen {
    if (position >= end) return { position, waitingSince: undefined };
    const isStill = before?.position === position && before.waitingSince !== undefined;
    return isStill ? before : { position, waitingSince: clock.now() };
  }

  /** A check that hangs, on a connection that died silently, must not be the end of watching. */
  function tick(): void {
    if (checkingSince !== undefined && clock.now() - checkingSince < stallMs) return;
    if (checkingSince !== undefined)
      logger.warn({ stallMs }, 'the progress check hangs; begun anew');
    const checked = check();
    const begun = checkingSince;
    checked
      .catch((error: unknown) => logger.warn({ err: error }, 'progress could not be checked'))
      .finally(() => {
        if (checkingSince === begun) checkingSince = undefined;
      });
  }

  return {
    name: 'progress-watchdog',
    check,
    async start() {
      timer ??= setInterval(tick, intervalMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function stallError(key: string, { position }: Seen, stallMs: number): AppError {
  return new AppError({
    code: 'STALLED',
    message: `${key} has stood at offset ${position} for ${stallMs / 1000} s although records wait. The process must restart.`,
  });
}
