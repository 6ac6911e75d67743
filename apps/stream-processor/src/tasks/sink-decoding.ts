import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumedRecord, Decoded, Serde } from '@trending/kafka';

/** Of records that are read, or made rows of, in one go: some 3 ms, whether they are views or boards. */
const sliceBytes = 64 * 1_024;
/** What a record costs besides its bytes, in bytes. */
const recordBytes = 16;
/** Records behind one with an unknown schema that are looked at for others. */
const aheadMax = 500;
const noValue = { ok: true, value: null } as const;

export interface DecodedRecord<T> {
  readonly record: ConsumedRecord;
  readonly value: Decoded<T | null>;
}

/** @throws AppError REGISTRY_UNAVAILABLE */
export async function decodeAll<T>(
  serde: Serde<T>,
  records: readonly ConsumedRecord[],
): Promise<readonly DecodedRecord<T>[]> {
  const decoded: DecodedRecord<T>[] = [];
  for await (const slice of inSlices(records, (record) => record))
    for (const record of slice)
      decoded.push({
        record,
        value: decodedNow(serde, record) ?? (await resolved(serde, record, records)),
      });
  return decoded;
}

/** Undefined while its schema is not here. */
function decodedNow<T>(serde: Serde<T>, { value }: ConsumedRecord): Decoded<T | null> | undefined {
  return value === null ? noValue : serde.decode(value);
}

async function resolved<T>(
  serde: Serde<T>,
  record: ConsumedRecord,
  all: readonly ConsumedRecord[],
): Promise<Decoded<T | null>> {
  if (record.value === null) return noValue;
  const ahead = all.slice(all.indexOf(record) + 1, all.indexOf(record) + aheadMax);
  await serde.resolve(
    record.value,
    ahead.map(({ value }) => value),
  );
  const detail = 'its schema stays unknown';
  return serde.decode(record.value) ?? { ok: false, reason: 'unknown_schema', detail };
}

/** In pieces of about as many bytes, between which other work of the process has its turn. */
export async function* inSlices<T>(
  all: readonly T[],
  recordOf: (one: T) => ConsumedRecord,
): AsyncGenerator<readonly T[]> {
  let slice: T[] = [];
  let bytes = 0;
  for (const one of all) {
    slice.push(one);
    bytes += recordBytes + (recordOf(one).value?.length ?? 0);
    if (bytes < sliceBytes) continue;
    yield slice;
    [slice, bytes] = [[], 0];
    await nextTurn();
  }
  yield slice;
}
