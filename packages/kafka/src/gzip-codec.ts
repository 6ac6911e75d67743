import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const unpackElsewhere = promisify(gunzip);
/** So many packed bytes are unpacked sooner here than handed to another thread and back. */
const bytesHereMax = 32 * 1024;
/** In one piece at most; also the most that a false size can cost. */
const pieceBytesMax = 4 * 1024 * 1024;

/** Unpacks what a broker packed. @throws Error when the bytes are no gzip */
export async function unpacked(packed: Buffer): Promise<Buffer> {
  const options = { chunkSize: pieceBytesOf(packed) };
  return packed.length <= bytesHereMax
    ? gunzipSync(packed, options)
    : unpackElsewhere(packed, options);
}

/**
 * The unpacked bytes in one piece: gzip ends with their number (RFC 1952, ISIZE). zlib's own pieces of 16 kB are a way to the thread
 * pool and back each. One more than they are, or zlib asks for a second piece to see that nothing follows.
 */
function pieceBytesOf(packed: Buffer): number {
  const size = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4);
  return Math.min(pieceBytesMax, Math.max(constants.Z_MIN_CHUNK, size + 1));
}

/**
 * Views come in many small batches, each packed by the broker: kafkajs' own codec sends every one of them through the thread pool, at
 * four times the CPU time. Packing is ours already (see `record-batch.ts`), so kafkajs is never asked to.
 */
export function unpackSmallBatchesHere(): void {
  const inner = CompressionCodecs[CompressionTypes.GZIP]() as object;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({ ...inner, decompress: unpacked });
}
