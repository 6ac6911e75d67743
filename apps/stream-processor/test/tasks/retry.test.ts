import { AppError } from '@trending/runtime';
import { expect, test, vi } from 'vitest';
import { withRetries } from '../../src/tasks/retry.ts';

/** Calls what fails so a number of times; pauses take no time. */
function failing(code: 'REGISTRY_UNAVAILABLE' | 'BROKER_UNAVAILABLE', times: number) {
  let failures = 0;
  const call = vi.fn(async () => {
    failures += 1;
    if (failures > times) return 'answer';
    throw new AppError({ code, message: 'no answer', retriable: true });
  });
  const pauses: number[] = [];
  const outcome = withRetries(
    call,
    () => undefined,
    async (ms) => pauses.push(ms),
  );
  return { call, outcome, pauses };
}

test('the schema registry is waited for however long it is away', async () => {
  const { outcome, pauses } = failing('REGISTRY_UNAVAILABLE', 2_000);
  expect(await outcome).toBe('answer');
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
});

test('anything else is let through after twelve repetitions', async () => {
  const { call, outcome } = failing('BROKER_UNAVAILABLE', 2_000);
  await expect(outcome).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  expect(call).toHaveBeenCalledTimes(13);
});
