import type { ProducedRecord } from '@trending/kafka';

/** Uncompressed bytes of one append: well below the broker's 1 MiB a batch. */
const appendBytesMax = 700_000;

/** The records in order, in pieces that one append takes; a record that is larger goes alone. */
export function* appendChunksOf(records: readonly ProducedRecord[]): Iterable<ProducedRecord[]> {
  let chunk: ProducedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.byteLength ?? 0;
    if (chunk.length > 0 && bytes + size > appendBytesMax) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
