import type { TopicSpec } from '../log-port.ts';
import type { ConsumedRecord, ProducedRecord } from '../record.ts';
import { markerOf } from '../record-mapping.ts';

/** One partition: records in offset order, holes where compaction removed some. */
export interface InMemoryPartition {
  records: ConsumedRecord[];
  startOffset: number;
  endOffset: number;
}

/** A topic as arrays, with compaction and retention on demand. */
export class InMemoryTopic {
  readonly name: string;
  readonly partitions: readonly InMemoryPartition[];
  config: Readonly<Record<string, string>>;

  constructor(spec: TopicSpec) {
    this.name = spec.name;
    this.config = spec.config;
    this.partitions = Array.from({ length: spec.partitions }, () => ({
      records: [],
      startOffset: 0,
      endOffset: 0,
    }));
  }

  get isCompacted(): boolean {
    return this.config['cleanup.policy']?.includes('compact') ?? false;
  }

  append(partition: number, records: readonly ProducedRecord[], now: number): number {
    const log = this.partition(partition);
    const base = log.endOffset;
    const stamped = this.config['message.timestamp.type'] === 'LogAppendTime';
    for (const record of records) {
      log.records.push({
        topic: this.name,
        partition,
        offset: log.endOffset,
        timestamp: stamped ? now : (record.timestamp ?? now),
        key: bytesOf(record.key),
        value: bytesOf(record.value),
        headers: headersOf(record),
      });
      log.endOffset += 1;
    }
    return base;
  }

  /** The broker's mark behind a transaction. */
  mark(partition: number): void {
    const log = this.partition(partition);
    log.records.push(markerOf({ topic: this.name, partition }, log.endOffset));
    log.endOffset += 1;
  }

  partition(partition: number): InMemoryPartition {
    const log = this.partitions[partition];
    if (log === undefined) throw new RangeError(`${this.name} has no partition ${partition}`);
    return log;
  }

  /** Up to `limit` records from `offset` on, below `below`. */
  slice(partition: number, from: number, { limit, below = Number.MAX_SAFE_INTEGER }: SliceBounds) {
    const { records } = this.partition(partition);
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((records[middle]?.offset ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    return records.slice(low, low + limit).filter(({ offset }) => offset < below);
  }

  /** Keeps the newest record of every key, as the cleaner does; tombstones stay until removed by `truncateBefore`. */
  compact(): void {
    for (const log of this.partitions) {
      const newest = new Map(log.records.map(({ key, offset }) => [textOf(key), offset]));
      log.records = log.records.filter(({ key, offset }) => newest.get(textOf(key)) === offset);
    }
  }

  /** Retention: drops every record below `offset`. */
  truncateBefore(partition: number, offset: number): void {
    const log = this.partition(partition);
    log.startOffset = Math.min(Math.max(log.startOffset, offset), log.endOffset);
    log.records = log.records.filter((record) => record.offset >= log.startOffset);
  }
}

export interface SliceBounds {
  readonly limit: number;
  readonly below?: number;
}

/** What a reader gets that did, or did not, ask for markers. */
export function wantedOf(
  records: readonly ConsumedRecord[],
  { withMarkers = false }: { readonly withMarkers?: boolean },
): readonly ConsumedRecord[] {
  return withMarkers ? records : records.filter(({ isMarker }) => !isMarker);
}

function bytesOf(data: Uint8Array | string | null): Uint8Array | null {
  return data === null ? null : Buffer.from(data);
}

function headersOf({ headers = {} }: ProducedRecord): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
  );
}

function textOf(key: Uint8Array | null): string {
  return key === null ? 'null' : `=${Buffer.from(key).toString('base64')}`;
}
