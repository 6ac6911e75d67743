import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { ClickHouseException } from './exceptions.ts';

const decompressors = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Reads a whole request body, decompressed, of at most `bytesMax` bytes: counted after decompression, so a bomb is cut short.
 * @throws ClickHouseException on unknown compression, bad compressed bytes, or too much of it.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  };
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || encoding === '') await collect(request);
  else await collectDecompressed(request, decompressorOf(encoding), collect);
  return Buffer.concat(chunks, bytes);
}

function decompressorOf(encoding: string) {
  const known = Object.entries(decompressors).find(([name]) => name === encoding.toLowerCase());
  if (known === undefined) {
    throw new ClickHouseException(
      89,
      'UNKNOWN_COMPRESSION_METHOD',
      `Unknown compression method in Content-Encoding: ${encoding}. Use gzip, deflate, br or zstd.`,
    );
  }
  return known[1]();
}

async function collectDecompressed(
  request: IncomingMessage,
  decompressor: ReturnType<typeof decompressorOf>,
  collect: (source: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  try {
    await pipeline(request, decompressor, collect);
  } catch (error) {
    if (error instanceof ClickHouseException) throw error;
    throw new ClickHouseException(354, 'ZLIB_INFLATE_FAILED', `Request body: ${String(error)}.`);
  }
}

function tooLarge(bytesMax: number): ClickHouseException {
  return new ClickHouseException(
    307,
    'TOO_MANY_BYTES',
    `Request body is larger than ${bytesMax} bytes: send it in several inserts.`,
  );
}
