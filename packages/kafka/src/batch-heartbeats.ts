import { setImmediate as nextTurn } from 'node:timers/promises';
import { asError } from '@trending/runtime/errors';
import type { EachBatchPayload } from 'kafkajs';
import { isFenced } from './kafka-errors.ts';

/** Work without a turn of the event loop, ms: a small batch needs none, and under load every turn is a wait. */
const turnEveryMs = 5;

/** Heartbeats of one batch: a refusal is kept for kafkajs and makes the batch stale, it never reaches the handler. */
export class BatchHeartbeats {
  readonly #payload: EachBatchPayload;
  readonly #onRebalance: () => void;
  #failure: Error | undefined;
  #turnAt = performance.now();

  constructor(payload: EachBatchPayload, onRebalance: () => void) {
    this.#payload = payload;
    this.#onRebalance = onRebalance;
  }

  async beat(): Promise<void> {
    if (this.#failure === undefined) {
      try {
        await this.#payload.heartbeat();
      } catch (error) {
        this.#failure = asError(error);
        if (isFenced(error)) this.#onRebalance();
      }
    }
    if (performance.now() - this.#turnAt < turnEveryMs) return;
    await nextTurn();
    this.#turnAt = performance.now();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
