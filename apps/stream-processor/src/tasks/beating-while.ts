import type { BatchContext } from '@trending/kafka';

const heartbeatEveryMs = 250;

/**
 * Waits for `work`, with heartbeats meanwhile: while a batch is being handled the client library sends none of its own, however long an
 * append takes that the batch waits for. Rejects as `work` does.
 */
export async function beatingWhile(
  { heartbeat }: Pick<BatchContext, 'heartbeat'>,
  work: Promise<unknown>,
): Promise<void> {
  const ended = work.then(() => true);
  for (;;) {
    const { promise: due, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(resolve, heartbeatEveryMs, false);
    try {
      if (await Promise.race([ended, due])) return;
    } finally {
      clearTimeout(timer);
    }
    await heartbeat();
  }
}
