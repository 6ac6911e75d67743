import { AppError } from '@trending/runtime/errors';
import { appErrorOf } from './kafka-errors.ts';
import {
  type AppendCall,
  type Chunk,
  type LaneBatch,
  type LaneLimits,
  LaneQueue,
} from './lane-queue.ts';
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
  queueRecordsMax: 50_000,
  queueBytesMax: 64 * 1024 * 1024,
};

/** What the broker said of one partition of a send. */
export interface SendReceipt {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset?: string | undefined;
}

/** The part of a kafkajs producer a lane uses; one send at a time. */
export interface LaneProducer {
  connect(): Promise<void>;
  send(batch: LaneBatch): Promise<readonly SendReceipt[]>;
  disconnect(): Promise<void>;
}

interface LiveProducer {
  readonly producer: LaneProducer;
  readonly connected: Promise<void>;
}

/**
 * One idempotent producer and its waiting room. Rules: one partition per send and one send in flight, its retries included;
 * the answer must name exactly what was sent; a producer whose send failed or missed its deadline is replaced, because its
 * sequence numbers may no longer be the broker's. A rejected record may still land: it counts zero times or once.
 */
export class ProducerLane {
  readonly #settings: LaneSettings;
  readonly #createProducer: () => LaneProducer;
  readonly #queue: LaneQueue;
  #live: LiveProducer | undefined;
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(settings: LaneSettings, createProducer: () => LaneProducer) {
    this.#settings = settings;
    this.#createProducer = createProducer;
    this.#queue = new LaneQueue(settings);
  }

  /** Resolves with the offset of the first record. @throws AppError, see the port. */
  append(target: TopicPartition, records: readonly ProducedRecord[]): Promise<number> {
    if (this.#closed) return Promise.reject(logClosed());
    if (records.length === 0) return Promise.reject(nothingToAppend(target));
    return new Promise((resolve, reject) => {
      const call = appendCall(target, { resolve, reject });
      if (!this.#queue.offer(call, records)) reject(queueFull(target, this.#queue));
      // A microtask later, so that appends of one turn of the event loop share a send.
      else this.#draining ??= Promise.resolve().then(() => this.#drain());
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
    for (let batch = this.#queue.take(); batch !== undefined; batch = this.#queue.take()) {
      await this.#deliver(batch);
    }
    this.#draining = undefined;
  }

  async #deliver(batch: LaneBatch): Promise<void> {
    const leftMs = batch.enqueuedAtMs + this.#settings.deadlineMs - performance.now();
    if (leftMs <= 0) return fail(batch, deadlineMissed(batch, this.#settings));
    const live = this.#connect();
    const sending = this.#send(live, batch);
    const timeout = deadline(leftMs, () => deadlineMissed(batch, this.#settings));
    try {
      let offset = await Promise.race([sending, timeout.missed]);
      for (const chunk of batch.chunks) {
        chunk.call.landed(chunk, offset);
        offset += chunk.records.length;
      }
    } catch (error) {
      this.#discard(live, sending);
      const { topic } = batch.target;
      const what = `append to ${partitionKey(batch.target)}`;
      fail(batch, appErrorOf(error, { what, topic, code: 'APPEND_FAILED' }));
    } finally {
      timeout.clear();
    }
  }

  #connect(): LiveProducer {
    if (this.#live === undefined) {
      const producer = this.#createProducer();
      this.#live = { producer, connected: producer.connect() };
    }
    return this.#live;
  }

  async #send({ producer, connected }: LiveProducer, batch: LaneBatch): Promise<number> {
    try {
      await connected;
    } catch (error) {
      const what = 'connecting a producer';
      throw appErrorOf(error, { what, topic: batch.target.topic, code: 'BROKER_UNAVAILABLE' });
    }
    return baseOffsetOf(await producer.send(batch), batch.target);
  }

  #discard(live: LiveProducer, sending: Promise<number>): void {
    if (this.#live === live) this.#live = undefined;
    const disconnect = () => live.producer.disconnect().catch(() => undefined);
    // kafkajs reconnects a disconnected producer while a send is still retrying: close it again after that.
    void disconnect().then(() => sending.then(disconnect, disconnect));
  }
}

/** The receipt must name exactly the partition sent: a resolved send is not proof that the records were written. */
function baseOffsetOf(receipts: readonly SendReceipt[], target: TopicPartition): number {
  const [receipt] = receipts;
  const offset = Number(receipt?.baseOffset ?? -1);
  const isCovered =
    receipts.length === 1 &&
    receipt?.topicName === target.topic &&
    receipt.partition === target.partition &&
    receipt.errorCode === 0 &&
    offset >= 0;
  if (isCovered) return offset;
  throw new AppError({
    code: 'APPEND_FAILED',
    message: `append to ${partitionKey(target)} was answered for something else: ${JSON.stringify(receipts).slice(0, 300)}`,
    retriable: true,
  });
}

function appendCall(
  target: TopicPartition,
  settle: { resolve(offset: number): void; reject(error: Error): void },
): AppendCall {
  let base: number | undefined;
  let isSettled = false;
  return {
    target,
    enqueuedAtMs: performance.now(),
    get isSettled() {
      return isSettled;
    },
    landed(chunk: Chunk, baseOffset: number) {
      base ??= baseOffset;
      if (isSettled || !chunk.isLast) return;
      isSettled = true;
      settle.resolve(base);
    },
    failed(error: Error) {
      isSettled = true;
      settle.reject(error);
    },
  };
}

function fail(batch: LaneBatch, error: Error): void {
  for (const { call } of batch.chunks) call.failed(error);
}

function deadline(ms: number, error: () => Error) {
  const { promise: missed, reject } = Promise.withResolvers<never>();
  missed.catch(() => undefined);
  const timer = setTimeout(() => reject(error()), ms);
  return { missed, clear: () => clearTimeout(timer) };
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
