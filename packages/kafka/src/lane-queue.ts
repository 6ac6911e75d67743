import { partitionKey, type TopicPartition } from './log-port.ts';
import type { ProducedRecord } from './record.ts';

export interface LaneLimits {
  /** One send carries at most this many records of a partition … */
  readonly batchRecordsMax: number;
  /** … and bytes; a single larger record goes alone. */
  readonly batchBytesMax: number;
  /** Bytes of all partitions of one send together; its first batch may be larger. */
  readonly sendBytesMax: number;
  readonly queueRecordsMax: number;
  readonly queueBytesMax: number;
}

/** One `append` call on its way; large ones travel as several chunks. */
export interface AppendCall {
  readonly target: TopicPartition;
  readonly enqueuedAtMs: number;
  /** The chunk is in the log at `baseOffset`. Chunks land in order. */
  landed(chunk: Chunk, baseOffset: number): void;
  failed(error: Error): void;
  readonly isSettled: boolean;
}

export interface Chunk {
  readonly call: AppendCall;
  readonly records: readonly ProducedRecord[];
  readonly bytes: number;
  /** The last of its call: when it has landed, all have. */
  readonly isLast: boolean;
}

/** What one send carries of a partition: records in the order they were appended. */
export interface LaneBatch {
  readonly target: TopicPartition;
  readonly chunks: readonly Chunk[];
  readonly records: readonly ProducedRecord[];
  readonly bytes: number;
  /** When the oldest of them was appended. */
  readonly enqueuedAtMs: number;
}

interface Waiting {
  readonly target: TopicPartition;
  readonly chunks: Chunk[];
}

/** Bounded waiting room of a lane: first in, first out per partition, longest-waiting partitions first. */
export class LaneQueue {
  readonly #limits: LaneLimits;
  readonly #waiting = new Map<string, Waiting>();
  #records = 0;
  #bytes = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** False, and nothing is taken, when records or bytes would pass the bounds. */
  offer(call: AppendCall, records: readonly ProducedRecord[]): boolean {
    const chunks = chunksOf(call, records, this.#limits);
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    if (this.#records + records.length > this.#limits.queueRecordsMax) return false;
    if (this.#bytes + bytes > this.#limits.queueBytesMax) return false;
    this.#records += records.length;
    this.#bytes += bytes;
    const key = partitionKey(call.target);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, { target: call.target, chunks });
    else for (const chunk of chunks) waiting.chunks.push(chunk);
    return true;
  }

  /**
   * The next send, removed from the queue: one batch of each partition that waits, the longest waiting first; empty when nothing
   * waits. Chunks of calls that failed meanwhile are dropped.
   */
  take(): LaneBatch[] {
    this.#dropSettled();
    const batches: LaneBatch[] = [];
    let bytes = 0;
    for (const waiting of this.#longestWaitingFirst()) {
      const count = this.#fitting(waiting.chunks);
      const fitting = bytesOf(waiting.chunks, count);
      if (batches.length > 0 && bytes + fitting > this.#limits.sendBytesMax) break;
      bytes += fitting;
      batches.push(this.#takeBatch(waiting, count, fitting));
    }
    return batches;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  #takeBatch({ target, chunks: waiting }: Waiting, count: number, bytes: number): LaneBatch {
    const chunks = waiting.splice(0, count);
    if (waiting.length === 0) this.#waiting.delete(partitionKey(target));
    this.#forget(chunks);
    return {
      target,
      chunks,
      records: chunks.length === 1 ? (chunks[0]?.records ?? []) : chunks.flatMap((c) => c.records),
      bytes,
      enqueuedAtMs: enqueuedAtMs(chunks),
    };
  }

  #longestWaitingFirst(): Waiting[] {
    const all = [...this.#waiting.values()];
    return all.sort((a, b) => enqueuedAtMs(a.chunks) - enqueuedAtMs(b.chunks));
  }

  #fitting(chunks: readonly Chunk[]): number {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const chunk of chunks) {
      records += chunk.records.length;
      bytes += chunk.bytes;
      const isOver = records > this.#limits.batchRecordsMax || bytes > this.#limits.batchBytesMax;
      if (isOver && count > 0) break;
      count += 1;
    }
    return count;
  }

  #dropSettled(): void {
    for (const [key, waiting] of this.#waiting) {
      if (!waiting.chunks[0]?.call.isSettled) continue;
      const live = waiting.chunks.findIndex(({ call }) => !call.isSettled);
      const dropped = waiting.chunks.splice(0, live < 0 ? waiting.chunks.length : live);
      this.#forget(dropped);
      if (waiting.chunks.length === 0) this.#waiting.delete(key);
    }
  }

  #forget(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      this.#records -= chunk.records.length;
      this.#bytes -= chunk.bytes;
    }
  }
}

function enqueuedAtMs([first]: readonly Chunk[]): number {
  return first?.call.enqueuedAtMs ?? 0;
}

function bytesOf(chunks: readonly Chunk[], count: number): number {
  let bytes = 0;
  for (let i = 0; i < count; i += 1) bytes += chunks[i]?.bytes ?? 0;
  return bytes;
}

function chunksOf(
  call: AppendCall,
  records: readonly ProducedRecord[],
  limits: LaneLimits,
): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let bytes = 0;
  records.forEach((record, i) => {
    const size = recordBytes(record);
    const isOver = i - start >= limits.batchRecordsMax || bytes + size > limits.batchBytesMax;
    if (isOver && i > start) {
      chunks.push({ call, records: records.slice(start, i), bytes, isLast: false });
      start = i;
      bytes = 0;
    }
    bytes += size;
  });
  const rest = start === 0 ? records : records.slice(start);
  chunks.push({ call, records: rest, bytes, isLast: true });
  return chunks;
}

/** Roughly what a record needs on the wire. */
function recordBytes({ key, value, headers }: ProducedRecord): number {
  let bytes = 16 + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers === undefined) return bytes;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0) + 4;
  return bytes;
}
