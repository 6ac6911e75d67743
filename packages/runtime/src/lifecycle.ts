import closeWithGrace from 'close-with-grace';
import type { Logger } from './logger.ts';

/** Anything with a beginning and an end. Both are idempotent; open and close live in one file. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface LifecycleSettings {
  readonly logger: Logger;
  readonly parts: readonly Part[];
  /** Longest stop, ms, before the process exits anyway. */
  readonly stopTimeoutMs?: number;
}

/** Starts parts in order. If one fails, those already started are stopped in reverse and the error is thrown. */
export async function startAll(parts: readonly Part[]): Promise<void> {
  const started: Part[] = [];
  for (const part of parts) {
    try {
      await part.start();
      started.push(part);
    } catch (error) {
      await stopAll(started).catch(() => undefined);
      throw error;
    }
  }
}

/** Told how stopping goes on. */
export interface StopWatcher {
  stopping(part: Part): void;
  failed(part: Part, error: unknown): void;
}

/** Stops parts in reverse order; all are tried, the first error is thrown at the end. */
export async function stopAll(parts: readonly Part[], watcher?: StopWatcher): Promise<void> {
  const errors: unknown[] = [];
  for (const part of parts.toReversed()) {
    watcher?.stopping(part);
    await part.stop().catch((error: unknown) => {
      errors.push(error);
      watcher?.failed(part, error);
    });
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * Runs a service until a signal or a fatal error: start in order, stop in reverse, honest exit code.
 * Unknown errors end the process with code 1: a supervisor restarts it and the log restores it.
 */
export async function runService(settings: LifecycleSettings): Promise<void> {
  const { logger, parts, stopTimeoutMs = 25_000 } = settings;
  let stopping: string | undefined;
  const watcher: StopWatcher = {
    stopping: ({ name }) => {
      stopping = name;
    },
    failed: ({ name }, err) => logger.error({ err, part: name }, 'stopping failed'),
  };
  const onTimeout = () => {
    logger.fatal({ part: stopping, stopTimeoutMs }, 'stopping took too long, exiting');
    logger.flush();
  };
  closeWithGrace({ delay: stopTimeoutMs, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping on error');
    else logger.info({ signal }, 'stopping');
    await stopAll(parts, watcher);
    if (err) process.exitCode = 1;
  });
  try {
    await startAll(parts);
  } catch (err) {
    logger.fatal({ err }, 'start failed');
    process.exit(1);
  }
}

/** Ends the process at once on an error nothing can mend (see architecture, crash-only). */
export function crash(logger: Logger, error: unknown): never {
  logger.fatal({ err: error }, 'unrecoverable, exiting');
  logger.flush();
  process.exit(1);
}
