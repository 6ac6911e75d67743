import type { AppendCall, Chunk } from './lane-queue.ts';
import type { TopicPartition } from './log-port.ts';

/** An `append` that waits for its answer: resolves with the offset of its first record once its last one has landed. */
export class PendingAppend implements AppendCall {
  readonly target: TopicPartition;
  readonly enqueuedAtMs = performance.now();
  readonly #resolve: (offset: number) => void;
  readonly #reject: (error: Error) => void;
  #base: number | undefined;
  #isSettled = false;

  constructor(
    target: TopicPartition,
    resolve: (offset: number) => void,
    reject: (error: Error) => void,
  ) {
    this.target = target;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  landed(chunk: Chunk, baseOffset: number): void {
    this.#base ??= baseOffset;
    if (this.#isSettled || !chunk.isLast) return;
    this.#isSettled = true;
    this.#resolve(this.#base);
  }

  failed(error: Error): void {
    this.#isSettled = true;
    this.#reject(error);
  }
}
