import { createRequire } from 'node:module';
import { AppError } from '@trending/runtime/errors';

/** What is used of a request on its way. */
interface InflightRequest {
  /** When it was written, ms since 1970. */
  readonly sentAt: number | null;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

/** What is used of the queue of requests that each connection of kafkajs 2.2.4 has. */
export interface RequestQueue {
  readonly enforceRequestTimeout: boolean;
  readonly inflight: ReadonlyMap<number, InflightRequest>;
  readonly pending: readonly unknown[];
  isConnected(): boolean;
  destroy(): void;
  scheduleRequestTimeoutCheck(): void;
  scheduleCheckPendingRequests(): void;
}

const sweepMs = 100;

/**
 * Every kafkajs of the process leaves its event loop alone while there is nothing to do. As it comes, each connection looks for waiting
 * requests every millisecond from its first answer on, though none waits, and for overdue ones ten times a second with a timer of
 * its own: with the connections of one gateway, 900 turns of the loop a second for nothing.
 */
export function calmRequestQueues(): void {
  const require = createRequire(import.meta.url);
  calm(
    (require('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue }).prototype,
  );
}

/** @param queue the prototype of all queues. @throws AppError INVARIANT_BROKEN when it is not that of 2.2.4 */
export function calm(queue: RequestQueue): void {
  const { scheduleCheckPendingRequests, scheduleRequestTimeoutCheck, destroy } = queue;
  for (const method of [scheduleCheckPendingRequests, scheduleRequestTimeoutCheck, destroy])
    if (typeof method !== 'function') throw unknownQueue();
  const watched = new Set<RequestQueue>();
  let timer: NodeJS.Timeout | undefined;
  const sweep = () => {
    for (const one of watched) {
      timeOut(one);
      if (!one.isConnected()) one.destroy();
    }
  };
  queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
  queue.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    watched.add(this);
    timer ??= setInterval(sweep, sweepMs);
  };
  queue.destroy = function (this: RequestQueue) {
    destroy.call(this);
    watched.delete(this);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function timeOut({ inflight }: RequestQueue): void {
  const now = Date.now();
  for (const request of inflight.values())
    if (now - (request.sentAt ?? now) > request.requestTimeout) request.timeoutRequest();
}

function unknownQueue(): AppError {
  return new AppError({
    code: 'INVARIANT_BROKEN',
    message:
      'The request queue of kafkajs is another one; its timers are known of 2.2.4. Pin that version.',
  });
}
