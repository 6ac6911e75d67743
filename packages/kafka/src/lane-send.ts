import { AppError } from '@trending/runtime/errors';
import { appErrorOf } from './kafka-errors.ts';
import type { SendReceipt } from './lane-producer.ts';
import type { LaneBatch } from './lane-queue.ts';
import { partitionKey } from './log-port.ts';

/**
 * One send on its way. A resolved send is no proof that records were written: each batch is acknowledged only by a receipt that
 * names its partition, once. Batches answered already stay answered whatever becomes of the others.
 */
export class LaneSend {
  readonly #open: Map<string, LaneBatch>;
  #hasFailed = false;

  /** @param batches of one partition each, the longest waiting first. */
  constructor(batches: readonly LaneBatch[]) {
    this.#open = new Map(batches.map((batch) => [partitionKey(batch.target), batch]));
  }

  /** Batches without an answer, the longest waiting first. */
  get open(): LaneBatch[] {
    return [...this.#open.values()];
  }

  get isDone(): boolean {
    return this.#open.size === 0;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** When the oldest record in it was appended. */
  get enqueuedAtMs(): number {
    return this.open[0]?.enqueuedAtMs ?? 0;
  }

  /** @throws AppError when a receipt is for something that was not asked: then none of them is believed. */
  answered(receipts: readonly SendReceipt[]): void {
    // After the deadline nobody waits any more.
    if (this.isDone && this.#hasFailed) return;
    const keys = receipts.map((receipt) =>
      partitionKey({ topic: receipt.topicName, partition: receipt.partition }),
    );
    if (new Set(keys).size < keys.length || !keys.every((key) => this.#open.has(key)))
      throw foreignAnswer(receipts);
    receipts.forEach((receipt, i) => {
      const batch = this.#close(keys[i] ?? '');
      if (batch !== undefined) this.#settle(batch, receipt);
    });
  }

  /** Fails what was appended before `timeMs`. */
  failBefore(timeMs: number, errorOf: (batch: LaneBatch) => Error): void {
    for (const batch of this.open)
      if (batch.enqueuedAtMs <= timeMs) this.#fail(batch, errorOf(batch));
  }

  /** Fails everything without an answer. */
  fail(errorOf: (batch: LaneBatch) => Error): void {
    for (const batch of this.open) this.#fail(batch, errorOf(batch));
  }

  #settle(batch: LaneBatch, receipt: SendReceipt): void {
    let offset = Number(receipt.baseOffset ?? -1);
    if (receipt.errorCode === 0 && offset >= 0)
      for (const chunk of batch.chunks) {
        chunk.call.landed(chunk, offset);
        offset += chunk.records.length;
      }
    else this.#fail(batch, appendFailed(batch, receipt.error ?? foreignAnswer([receipt])));
  }

  #fail(batch: LaneBatch, error: Error): void {
    this.#hasFailed = true;
    this.#close(partitionKey(batch.target));
    for (const { call } of batch.chunks) call.failed(error);
  }

  #close(key: string): LaneBatch | undefined {
    const batch = this.#open.get(key);
    this.#open.delete(key);
    return batch;
  }
}

export function appendFailed({ target }: LaneBatch, error: unknown): AppError {
  const what = `append to ${partitionKey(target)}`;
  return appErrorOf(error, { what, topic: target.topic, code: 'APPEND_FAILED' });
}

export function notCovered({ target }: LaneBatch): AppError {
  return new AppError({
    code: 'APPEND_FAILED',
    message: `append to ${partitionKey(target)} got an answer that does not mention it.`,
    retriable: true,
  });
}

function foreignAnswer(receipts: readonly SendReceipt[]): AppError {
  return new AppError({
    code: 'APPEND_FAILED',
    message: `the append was answered for something else: ${JSON.stringify(receipts).slice(0, 300)}`,
    retriable: true,
  });
}
