import type { ConsumedRecord, Decoded, RecordBatch, Serde } from '@trending/kafka';
import { futureGuardMs } from '../domain/counting-rules.ts';
import type { FoldedView } from '../domain/folded-view.ts';

/** Takes one record of a partition, in offset order. */
export type FoldRecord = (record: ConsumedRecord, decoded: Decoded<FoldedView>) => void;

/** Is it of a later time? A time that counting refuses, because its record is older, must not hold up what stands behind it. */
function isAhead(viewedAt: number, until: number, { timestamp }: ConsumedRecord): boolean {
  return viewedAt > until && viewedAt <= timestamp + futureGuardMs;
}

const noValue: Decoded<FoldedView> = { ok: false, reason: 'avro', detail: 'no value' };

/**
 * One partition's records, stopped by event time: offset order is kept, and what stands behind a view from the future waits with
 * it. Holds one batch.
 */
export class ViewFeed {
  readonly partition: number;
  readonly #batches: AsyncIterator<RecordBatch>;
  readonly #serde: Serde<FoldedView>;
  #records: readonly ConsumedRecord[] = [];
  #next = 0;
  #headAt: number | undefined;
  #folded = 0;
  #position: number;

  constructor(
    source: {
      readonly partition: number;
      readonly from: number;
      readonly batches: AsyncIterable<RecordBatch>;
    },
    serde: Serde<FoldedView>,
  ) {
    this.partition = source.partition;
    this.#position = source.from;
    this.#batches = source.batches[Symbol.asyncIterator]();
    this.#serde = serde;
  }

  /** Event time of the view at which the feed stands, ms; undefined before the first look and at the end. */
  get headAt(): number | undefined {
    return this.#headAt;
  }

  /** Offset behind the last record given out. */
  get position(): number {
    return this.#position;
  }

  /** Records given out. */
  get folded(): number {
    return this.#folded;
  }

  /** Gives out records up to the first view of an event time after `until`, or to the end. */
  async foldUntil(until: number, fold: FoldRecord): Promise<void> {
    if (this.#headAt !== undefined && this.#headAt > until) return;
    this.#headAt = undefined;
    for (;;) {
      const unresolved = this.#foldBatch(until, fold);
      if (this.#headAt !== undefined) return;
      if (unresolved !== undefined) await this.#serde.resolve(unresolved);
      else if (!(await this.#nextBatch())) return;
    }
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  /** Stands at a head, or is through with the batch, or needs a schema for these bytes. */
  #foldBatch(until: number, fold: FoldRecord): Uint8Array | undefined {
    while (this.#next < this.#records.length) {
      const record = this.#records[this.#next] as ConsumedRecord;
      const decoded = record.value === null ? noValue : this.#serde.decode(record.value);
      if (decoded === undefined) return record.value ?? undefined;
      if (decoded.ok && isAhead(decoded.value.viewedAt, until, record)) {
        this.#headAt = decoded.value.viewedAt;
        return undefined;
      }
      fold(record, decoded);
      this.#next += 1;
      this.#folded += 1;
      this.#position = record.offset + 1;
    }
    return undefined;
  }

  async #nextBatch(): Promise<boolean> {
    const { done, value } = await this.#batches.next();
    if (done === true) return false;
    this.#records = value.records;
    this.#next = 0;
    return true;
  }
}
