import type { TopicPartition } from '@trending/kafka';

/** Rows of one range, ready to send. */
export interface RowBlock {
  readonly table: string;
  /** Names the range; a block whose token was taken before must change nothing. */
  readonly token: string;
  readonly rows: number;
  /** JSONEachRow, in pieces. */
  readonly body: readonly Uint8Array[];
}

/** A block with the records it was made of. */
export interface RangeBlock extends RowBlock {
  /** Topic as rows name it, without a prefix, and the offsets [start, end). */
  readonly origin: TopicPartition & { readonly start: number; readonly end: number };
}

/** Where rows go. Errors: AppError CLICKHOUSE_UNAVAILABLE (it may have landed) or CLICKHOUSE_REJECTED. */
export interface RowSink {
  /** Inserts the block as one, or drops it when its token is known. Safe to repeat. */
  insert(block: RowBlock): Promise<void>;
  /**
   * Puts back what `table` lacks of a block although its token is known: a server killed in the middle notes a token before it
   * keeps the rows. Call it after an `insert` that succeeded with doubt (repeated, or begun by another process), for the block's
   * own table first and then for each roll-up (`tablesOf`). Safe to repeat. Returns the rows put back.
   */
  repair(block: RangeBlock, table: string): Promise<number>;
  /** Greatest offset in `token_views` of a partition of this topic (unprefixed name), -1 when there is none. */
  newestViewOffset(origin: TopicPartition): Promise<number>;
  close(): Promise<void>;
}

/** Waits `ms`, or less when `signal` aborts: then it resolves at once. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>;

export interface SinkLimits {
  /** A range ends at so many records … */
  readonly rangeRecordsMax: number;
  /** … or so many bytes of values … */
  readonly rangeBytesMax: number;
  /** … or when its first record has waited so long … */
  readonly lingerMs: number;
  /** … which begins so long after the last insert: a stream that goes on fills larger ranges, one that had stopped is here at once. */
  readonly restMs: number;
  /** Longest wait for a range in flight when the partition is handed over. */
  readonly handOverMs: number;
  readonly retry: { readonly initialMs: number; readonly maxMs: number };
}

export const defaultSinkLimits: SinkLimits = {
  rangeRecordsMax: 20_000,
  rangeBytesMax: 16 * 1024 * 1024,
  lingerMs: 1_000,
  restMs: 4_000,
  handOverMs: 4_000,
  retry: { initialMs: 100, maxMs: 1_000 },
};
