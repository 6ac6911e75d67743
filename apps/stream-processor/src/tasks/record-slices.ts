import type { ConsumedRecord } from '@trending/kafka';

/** What is worked on in one go, before others have their turn. */
export interface SliceLimits {
  /** Of values: a slice ends with the record that exceeds them. */
  readonly bytes: number;
  readonly records: number;
}

/** All in order, none of the slices empty. `recordOf`: whose bytes count for one. */
export function* slicesOf<T>(
  all: readonly T[],
  limits: SliceLimits,
  recordOf: (one: T) => ConsumedRecord,
): Generator<readonly T[]> {
  let from = 0;
  let bytes = 0;
  for (const [i, one] of all.entries()) {
    if (i > from && (bytes > limits.bytes || i - from >= limits.records)) {
      yield all.slice(from, i);
      [from, bytes] = [i, 0];
    }
    bytes += recordOf(one).value?.byteLength ?? 0;
  }
  if (from < all.length) yield all.slice(from);
}
