/** A record to append. Bytes in, bytes out: serdes live with the caller. */
export interface ProducedRecord {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | null;
  /** Record timestamp, ms; the log's clock decides when absent. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Compression would save little: a batch of nothing but such records goes as it is. */
  readonly isDense?: boolean;
}

/** A record as read. Offsets are plain numbers: a partition would need 285 years at 1 M/s to leave 2^53. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array | string | undefined>>;
  /**
   * The broker's mark of a transaction that ended: it takes an offset and says nothing, so key and value are null and the timestamp
   * is 0. Comes only to readers that ask for markers.
   */
  readonly isMarker?: true;
}
