import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import { isFenced } from './kafka-errors.ts';

/** Heartbeats of one batch: a refusal is kept for kafkajs and makes the batch stale, it never reaches the handler. */
export class BatchHeartbeats {
  readonly #payload: EachBatchPayload;
  readonly #onRebalance: () => void;
  #failure: Error | undefined;

  constructor(payload: EachBatchPayload, onRebalance: () => void) {
    this.#payload = payload;
    this.#onRebalance = onRebalance;
  }

  async beat(): Promise<void> {
    if (this.#failure === undefined) {
      try {
        await this.#payload.heartbeat();
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        if (isFenced(error)) this.#onRebalance();
      }
    }
    await nextTurn();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
