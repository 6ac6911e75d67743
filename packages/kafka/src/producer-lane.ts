import { setImmediate as endOfTurn } from 'node:timers/promises';
import { AppError } from '@trending/runtime/errors';
import { PendingAppend } from './append-call.ts';
import { appErrorOf } from './kafka-errors.ts';
import type { LaneProducer } from './lane-producer.ts';
import { type LaneBatch, type LaneLimits, LaneQueue } from './lane-queue.ts';
import { appendFailed, LaneSend, notCovered } from './lane-send.ts';
import { partitionKey, type TopicPartition } from './log-port.ts';
import type { ProducedRecord } from './record.ts';
import { logClosed } from './topic-errors.ts';

export interface LaneSettings extends LaneLimits {
  /** Producers side by side; each owns a fixed share of the partitions. */
  readonly lanes: number;
  /** From entering the queue to a final answer. */
  readonly deadlineMs: number;
}

export const defaultLaneSettings: LaneSettings = {
  lanes: 3,
  deadlineMs: 5_000,
  batchRecordsMax: 1_000,
  batchBytesMax: 512 * 1024,
  sendBytesMax: 2 * 1024 * 1024,
  queueRecordsMax: 50_000,
  queueBytesMax: 64 * 1024 * 1024,
};

interface LiveProducer {
  readonly producer: LaneProducer;
  readonly connected: Promise<void>;
}

/**
 * One idempotent producer and its waiting room. Rules: one send in flight, its retries included, with at most one batch of a
 * partition; each partition is acknowledged by a receipt of its own that names it, and by nothing else; a producer of whose
 * send any part failed or missed the deadline is replaced, because its sequence numbers may no longer be the broker's.
 * A rejected record may still land: it counts zero times or once.
 */
export class ProducerLane {
  readonly #settings: LaneSettings;
  readonly #createProducer: () => LaneProducer;
  readonly #turn: () => Promise<unknown>;
  readonly #queue: LaneQueue;
  #live: LiveProducer | undefined;
  #draining: Promise<void> | undefined;
  #closed = false;

  /** `turn` passes before every send: what is appended until then goes along. */
  constructor(
    settings: LaneSettings,
    createProducer: () => LaneProducer,
    turn: () => Promise<unknown> = endOfTurn,
  ) {
    this.#settings = settings;
    this.#createProducer = createProducer;
    this.#turn = turn;
    this.#queue = new LaneQueue(settings);
  }

  /** Resolves with the offset of the first record. @throws AppError, see the port. */
  append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number> {
    if (this.#closed) return Promise.reject(logClosed());
    if (records.length === 0) return Promise.reject(nothingToAppend(target));
    return new Promise((resolve, reject) => {
      const call = new PendingAppend(target, resolve, reject);
      if (!this.#queue.offer(call, records)) reject(queueFull(target, this.#queue));
      else this.#draining ??= this.#drain();
    });
  }

  /** Settles everything queued (at most one deadline), then disconnects. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
    const live = this.#live;
    this.#live = undefined;
    await live?.producer.disconnect();
  }

  async #drain(): Promise<void> {
    for (;;) {
      // Requests that arrived together are read one after the other in one turn of the event loop: they share a send.
      await this.#turn();
      const send = this.#queue.take();
      if (send.length === 0) break;
      await this.#deliver(new LaneSend(send));
    }
    this.#draining = undefined;
  }

  async #deliver(send: LaneSend): Promise<void> {
    const late = (batch: LaneBatch) => deadlineMissed(batch, this.#settings);
    const { deadlineMs } = this.#settings;
    send.failBefore(performance.now() - deadlineMs, late);
    if (send.isDone) return;
    const live = this.#connect();
    const timeout = timer(send.enqueuedAtMs + deadlineMs - performance.now());
    const sending = this.#send(live, send, timeout.clear);
    try {
      const isInTime = await Promise.race([sending.then(() => true), timeout.over]);
      send.fail(isInTime ? notCovered : late);
    } catch (error) {
      send.fail((batch) => appendFailed(batch, error));
    } finally {
      timeout.clear();
    }
    if (send.hasFailed) this.#discard(live, sending);
  }

  #connect(): LiveProducer {
    if (this.#live === undefined) {
      const producer = this.#createProducer();
      this.#live = { producer, connected: producer.connect() };
    }
    return this.#live;
  }

  async #send(
    { producer, connected }: LiveProducer,
    send: LaneSend,
    complete: () => void,
  ): Promise<void> {
    try {
      await connected;
    } catch (error) {
      const what = 'connecting a producer';
      const topic = send.open[0]?.target.topic ?? '';
      throw appErrorOf(error, { what, topic, code: 'BROKER_UNAVAILABLE' });
    }
    await producer.send(send.open, (receipts) => {
      send.answered(receipts);
      if (send.isDone) complete();
    });
  }

  #discard(live: LiveProducer, sending: Promise<void>): void {
    if (this.#live === live) this.#live = undefined;
    const disconnect = () => live.producer.disconnect().catch(() => undefined);
    // kafkajs reconnects a disconnected producer while a send is still retrying: close it again after that.
    void disconnect().then(() => sending.then(disconnect, disconnect));
  }
}

function timer(ms: number) {
  const { promise: over, resolve } = Promise.withResolvers<false>();
  const timeout = setTimeout(() => resolve(false), ms);
  return { over, clear: () => clearTimeout(timeout) };
}

function deadlineMissed({ target }: LaneBatch, { deadlineMs }: LaneSettings): AppError {
  return new AppError({
    code: 'APPEND_TIMEOUT',
    message: `append to ${partitionKey(target)} got no answer within ${deadlineMs} ms; the records may still land. Retry with the same event ids.`,
    retriable: true,
  });
}

function queueFull(target: TopicPartition, queue: LaneQueue): AppError {
  return new AppError({
    code: 'QUEUE_FULL',
    message: `append to ${partitionKey(target)} refused: ${queue.records} records (${queue.bytes} bytes) already wait for the broker. Retry later.`,
    retriable: true,
  });
}

function nothingToAppend(target: TopicPartition): AppError {
  return new AppError({
    code: 'INVARIANT_BROKEN',
    message: `append to ${partitionKey(target)} was called without records.`,
  });
}
