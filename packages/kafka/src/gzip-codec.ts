import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const unpackElsewhere = promisify(gunzip);
/** So many packed bytes are unpacked sooner here than handed to another thread and back. */
const bytesHereMax = 32 * 1024;

/** Unpacks what a broker packed. @throws Error when the bytes are no gzip */
export async function unpacked(packed: Buffer): Promise<Buffer> {
  return packed.length <= bytesHereMax ? gunzipSync(packed) : unpackElsewhere(packed);
}

/**
 * Views come in many small batches, each packed by the broker: kafkajs' own codec sends every one of them through the thread pool, at
 * four times the CPU time. Packing is ours already (see `record-batch.ts`), so kafkajs is never asked to.
 */
export function unpackSmallBatchesHere(): void {
  const inner = CompressionCodecs[CompressionTypes.GZIP]() as object;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({ ...inner, decompress: unpacked });
}
