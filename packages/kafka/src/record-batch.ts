import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import type { ProducedRecord } from './record.ts';
import { RecordWriter } from './record-writer.ts';

const compress = promisify(gzip);
const headBytes = 61;
/** The checksum covers everything from the attributes on. */
const attributesAt = 21;
const gzipAttribute = 1;
const magic = 2;
const writer = new RecordWriter();

/** Who writes, and the number of the batch's first record in its partition: the broker refuses holes and drops repeats. */
export interface BatchStamp {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  /** For records without a timestamp, ms. */
  readonly now: number;
}

/** Records as one record batch of version 2 (https://kafka.apache.org/documentation/#recordbatch), in a buffer of its own. */
export function encodeBatch(records: readonly ProducedRecord[], stamp: BatchStamp): Buffer {
  return sealed(plainBatch(records, stamp));
}

/** The same batch with its records compressed. */
export async function encodePackedBatch(
  records: readonly ProducedRecord[],
  stamp: BatchStamp,
): Promise<Buffer> {
  const plain = plainBatch(records, stamp);
  const packed = Buffer.concat([
    plain.subarray(0, headBytes),
    await compress(plain.subarray(headBytes), {
      level: constants.Z_BEST_SPEED,
      // In one piece: each is a way to the thread pool and back.
      chunkSize: Math.max(constants.Z_MIN_CHUNK, plain.length),
    }),
  ]);
  packed.writeInt32BE(packed.length - 12, 8);
  packed.writeInt16BE(gzipAttribute, attributesAt);
  return sealed(packed);
}

/** Still without its checksum: of what is compressed afterwards nobody reads it. */
function plainBatch(records: readonly ProducedRecord[], stamp: BatchStamp): Buffer {
  writer.restart(headBytes);
  const base = records[0]?.timestamp ?? stamp.now;
  let latest = base;
  records.forEach((record, i) => {
    const timestamp = record.timestamp ?? stamp.now;
    if (timestamp > latest) latest = timestamp;
    writer.write(record, i, timestamp - base);
  });
  const batch = Buffer.from(writer.written);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = magic;
  batch.writeInt16BE(0, attributesAt);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(base), 27);
  batch.writeBigInt64BE(BigInt(latest), 35);
  batch.writeBigInt64BE(stamp.producerId, 43);
  batch.writeInt16BE(stamp.producerEpoch, 51);
  batch.writeInt32BE(stamp.firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  return batch;
}

function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, attributesAt), 17);
  return batch;
}
