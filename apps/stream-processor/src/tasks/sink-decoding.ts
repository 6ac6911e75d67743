import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumedRecord, Decoded, Serde } from '@trending/kafka';
import { slicesOf } from './record-slices.ts';

/** What is read, or made rows of, in one go: a few ms, whether views or boards. */
export const sinkSlice = { bytes: 64 * 1_024, records: 500 };
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
  for (const slice of slicesOf(records, sinkSlice, (record) => record)) {
    for (const record of slice) {
      const value = decodedNow(serde, record) ?? (await resolved(serde, record, records));
      decoded.push({ record, value });
    }
    await nextTurn();
  }
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
  const next = all.indexOf(record) + 1;
  const ahead = all.slice(next, next + aheadMax);
  await serde.resolve(
    record.value,
    ahead.map(({ value }) => value),
  );
  const detail = 'its schema stays unknown';
  return serde.decode(record.value) ?? { ok: false, reason: 'unknown_schema', detail };
}
