import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, backoffDelay, isRetriable } from '@trending/runtime';

const backoff = { initialMs: 100, maxMs: 2_000 };
const attemptsMax = 12;

/**
 * Repeats a retriable failure with backoff for about 20 s, then lets it through; one of the schema registry without end, since whoever restarts
 * needs the registry all the more. `between` runs before each repetition.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  between: (error: unknown, attempt: number) => Promise<void> | void,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      if (attempt >= attemptsMax && !isOfRegistry(error)) throw error;
      await between(error, attempt);
      await pause(backoffDelay(backoff, attempt, Math.random()));
    }
  }
}

function isOfRegistry(error: unknown): boolean {
  return error instanceof AppError && error.code === 'REGISTRY_UNAVAILABLE';
}
