import type { Topic } from '@trending/schemas';

export type DecodeFailure = 'bad_magic' | 'unknown_schema' | 'avro';

/** A value or the reason it is not one: bad bytes are data, not errors. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: DecodeFailure; readonly detail: string };

/** Confluent wire format of one topic's value: byte 0, 4-byte big-endian schema id, Avro body. */
export interface Serde<T> {
  readonly topic: Topic;
  encode(value: T): Uint8Array;
  /**
   * Synchronous once the writer's schema is known. `undefined` = the id is not resolved yet: await {@link resolve} and try again.
   * Null bytes (a tombstone) are the caller's to check first.
   */
  decode(bytes: Uint8Array): Decoded<T> | undefined;
  /**
   * Fetches the writer's schema of these bytes, and does {@link lookAhead} meanwhile; unknown ids are remembered for 60 s. @throws AppError REGISTRY_UNAVAILABLE (retriable).
   */
  resolve(bytes: Uint8Array, ahead?: Iterable<Uint8Array | null>): Promise<void>;
  /** Begins to fetch some of the schemas that these values will need, so that `resolve` finds them under way. Never fails. */
  lookAhead?(values: Iterable<Uint8Array | null>): void;
}
