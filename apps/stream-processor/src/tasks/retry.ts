import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay, isRetriable } from '@trending/runtime';

const backoff = { initialMs: 100, maxMs: 2_000 };
const attemptsMax = 12;

/** Repeats a retriable failure with backoff for about 20 s, then lets it through. `between` runs before each repetition. */
export async function withRetries<T>(
  call: () => Promise<T>,
  between: (error: unknown, attempt: number) => Promise<void> | void,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isRetriable(error) || attempt >= attemptsMax) throw error;
      await between(error, attempt);
      await sleep(backoffDelay(backoff, attempt, Math.random()));
    }
  }
}
