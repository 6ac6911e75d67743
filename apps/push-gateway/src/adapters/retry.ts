import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay, type Logger } from '@trending/runtime';

export interface RetrySettings {
  readonly what: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly attemptsMax: number;
  readonly isRetriable: (error: unknown) => boolean;
  /** Told about every failure that is retried. */
  readonly failed?: (error: unknown) => void;
  readonly pause?: Pause | undefined;
}

/** Waits so many ms, or rejects when the signal fires. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

const sleep: Pause = (ms, signal) => delay(ms, undefined, { signal });
const backoff = { initialMs: 250, maxMs: 5_000 };

/** Tries until it works, with growing pauses. @throws the last error when it is final, attempts ran out, or the signal fired. */
export async function retry<T>(settings: RetrySettings, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!settings.isRetriable(error) || tried + 1 >= settings.attemptsMax) throw error;
      settings.failed?.(error);
      const pauseMs = backoffDelay(backoff, tried, Math.random());
      settings.logger.warn({ err: error, pauseMs }, `${settings.what} failed, trying again`);
      await (settings.pause ?? sleep)(pauseMs, settings.signal);
    }
  }
}
