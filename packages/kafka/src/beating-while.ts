import type { BatchContext } from './log-port.ts';

const heartbeatEveryMs = 250;

/**
 * Waits for `work`, with heartbeats meanwhile: while a batch is being handled the client library sends none of its own, however long an
 * append takes that the batch waits for. Goes on in the moment in which the work ends, whatever becomes of a heartbeat: what the work
 * made sure of would not last longer. Rejects as `work` does.
 */
export async function beatingWhile<T>(
  { heartbeat }: Pick<BatchContext, 'heartbeat'>,
  work: Promise<T>,
): Promise<T> {
  let isBeating = false;
  const beat = async () => {
    if (isBeating) return;
    isBeating = true;
    await heartbeat();
    isBeating = false;
  };
  const timer = setInterval(() => void beat(), heartbeatEveryMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
