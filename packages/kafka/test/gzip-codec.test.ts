import { gzipSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { unpacked } from '../src/gzip-codec.ts';
import '../src/client.ts';

const noise = (bytes: number) =>
  Buffer.from(Array.from({ length: bytes }, (_, n) => (n * n * 31 + (n >> 3)) & 0xff));

describe('what a broker packed', () => {
  test.each([0, 1, 1_000, 300_000])('is the same again, of %d bytes', async (bytes) => {
    const plain = noise(bytes);
    expect((await unpacked(gzipSync(plain))).equals(plain)).toBe(true);
  });

  test.each([1_000, 300_000])(
    'is refused when it says another size than its %d bytes, however large',
    async (bytes) => {
      const packed = gzipSync(noise(bytes));
      for (const size of [0, bytes - 1, 2 ** 32 - 1]) {
        packed.writeUInt32LE(size, packed.length - 4);
        await expect(unpacked(packed)).rejects.toThrow('incorrect length check');
      }
    },
  );

  test('is refused when it is no gzip, small or large', async () => {
    await expect(unpacked(noise(100))).rejects.toThrow('incorrect header check');
    await expect(unpacked(noise(100_000))).rejects.toThrow('incorrect header check');
  });

  test('is unpacked by us for kafkajs too', () => {
    const { CompressionCodecs, CompressionTypes } = kafkajs;
    expect(CompressionCodecs[CompressionTypes.GZIP]()).toMatchObject({ decompress: unpacked });
  });
});
