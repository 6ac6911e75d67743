const seed = 0x9747b28c | 0;
const multiplier = 0x5bd1e995;
const shift = 24;
const encoder = new TextEncoder();
/** Keys are short; a longer one is encoded into bytes of its own. */
const scratch = new Uint8Array(1024);

/** Kafka's murmur2 of a key, as a signed 32-bit integer (equal to `Utils.murmur2` of the Java client). */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const body = length & ~3;
  let hash = seed ^ length;
  for (let i = 0; i < body; i += 4) {
    let word =
      byteAt(bytes, i) |
      (byteAt(bytes, i + 1) << 8) |
      (byteAt(bytes, i + 2) << 16) |
      (byteAt(bytes, i + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> shift;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  if (length > body) hash = Math.imul(hash ^ tailWord(bytes, body), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/**
 * Partition of a key: the default partitioner of Kafka's Java client, so every client that uses it agrees with us.
 * Strings are hashed as UTF-8.
 */
export function partitionOf(key: Uint8Array | string, partitions: number): number {
  const bytes = typeof key === 'string' ? utf8(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

/** Valid until the next call. */
function utf8(text: string): Uint8Array {
  // A UTF-16 unit takes three bytes at most.
  if (3 * text.length > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

function tailWord(bytes: Uint8Array, from: number): number {
  let word = 0;
  for (let i = bytes.length - 1; i >= from; i -= 1) word = (word << 8) | byteAt(bytes, i);
  return word;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
