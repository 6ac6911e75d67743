import type { ConsumedRecord } from '@trending/kafka';
import type { PendingRange } from './sink-protocol.ts';

export interface SinkRange extends PendingRange {
  readonly records: readonly ConsumedRecord[];
}

export interface RangeLimits {
  readonly rangeRecordsMax: number;
  readonly rangeBytesMax: number;
}

/**
 * Records of one partition that wait for their range. It asks to be paused at two ranges and to be resumed below one; what is
 * fetched already still comes, so it holds a fetch more than that at most.
 */
export class SinkBuffer {
  readonly #limits: RangeLimits;
  #records: ConsumedRecord[] = [];
  #bytes = 0;
  #position: number;
  #pendingEnd: number | undefined;

  /** `pendingEnd`: the range [start, pendingEnd) was written down before and must be formed again. */
  constructor(limits: RangeLimits, start: number, pendingEnd?: number) {
    this.#limits = limits;
    this.#position = start;
    this.#pendingEnd = pendingEnd;
  }

  add(records: readonly ConsumedRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += bytesOf(record);
    }
  }

  /** Start of the next range: everything below was taken. */
  get position(): number {
    return this.#position;
  }

  get isPending(): boolean {
    return this.#pendingEnd !== undefined;
  }

  /** Is there a range to take, perhaps a small one? A pending range must be complete. */
  get hasRange(): boolean {
    const last = this.#records.at(-1);
    if (last === undefined) return false;
    return this.#pendingEnd === undefined || last.offset >= this.#pendingEnd - 1;
  }

  /** Would waiting longer not make the next range bigger? */
  get isFull(): boolean {
    return this.isPending || this.#isOver(1);
  }

  get wantsPause(): boolean {
    return !this.isPending && this.#isOver(2);
  }

  get wantsResume(): boolean {
    return !this.#isOver(1);
  }

  /** Takes the next range. The pending one has the bounds it had, whatever compaction left of it. */
  take(): SinkRange {
    const start = this.#position;
    const count =
      this.#pendingEnd === undefined ? this.#rangeCount() : this.#countBelow(this.#pendingEnd);
    const records = this.#records.splice(0, count);
    for (const record of records) this.#bytes -= bytesOf(record);
    const end = this.#pendingEnd ?? (records.at(-1)?.offset ?? start - 1) + 1;
    this.#pendingEnd = undefined;
    this.#position = end;
    return { start, end, records };
  }

  #isOver(ranges: number): boolean {
    const { rangeRecordsMax, rangeBytesMax } = this.#limits;
    return (
      this.#records.length >= ranges * rangeRecordsMax || this.#bytes >= ranges * rangeBytesMax
    );
  }

  #rangeCount(): number {
    const { rangeRecordsMax, rangeBytesMax } = this.#limits;
    let bytes = 0;
    for (const [index, record] of this.#records.entries()) {
      bytes += bytesOf(record);
      const isOver = index >= rangeRecordsMax || bytes > rangeBytesMax;
      if (isOver && index > 0) return index;
    }
    return this.#records.length;
  }

  #countBelow(end: number): number {
    const index = this.#records.findIndex(({ offset }) => offset >= end);
    return index < 0 ? this.#records.length : index;
  }
}

function bytesOf(record: ConsumedRecord): number {
  return (record.value?.length ?? 0) + (record.key?.length ?? 0) + 64;
}
