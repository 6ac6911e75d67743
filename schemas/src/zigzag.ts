/** Seven bits a byte: what fits is exact as a number. */
const bytesMax = 7;

/**
 * Where the zigzag number that begins at `at` ends, as Avro and Kafka's records write numbers: seven bits a byte, the lowest first, the
 * eighth says that more follow. −1 when it has no end, or is beyond 2^48.
 */
export function zigzagEnd(bytes: Uint8Array, at: number): number {
  const limit = Math.min(bytes.length, at + bytesMax);
  for (let i = at; i < limit; i += 1) if ((bytes[i] as number) < 0x80) return i + 1;
  return -1;
}

/** The zigzag number of the bytes `[at, end)`: 0, 1, 2, 3, … stand for 0, −1, 1, −2, … */
export function zigzagOf(bytes: Uint8Array, at: number, end: number): number {
  let [value, scale] = [0, 1];
  for (let i = at; i < end; i += 1) {
    value += ((bytes[i] as number) & 0x7f) * scale;
    scale *= 128;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
