/** Castagnoli polynomial, bits reversed (RFC 3720, appendix B.4). */
const polynomial = 0x82f63b78;
/** Entry `256 * n + b` is the checksum of byte b followed by n zero bytes. */
const table = slicingTable();

/** CRC-32C of `bytes[from, to)`, unsigned: what Kafka's record batches carry. Eight bytes a step ("slicing by 8"). */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const t = table;
  const b = bytes;
  const at = (index: number): number => t[index] as number;
  let crc = -1;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    crc =
      at(1792 + ((crc ^ (b[i] as number)) & 0xff)) ^
      at(1536 + (((crc >>> 8) ^ (b[i + 1] as number)) & 0xff)) ^
      at(1280 + (((crc >>> 16) ^ (b[i + 2] as number)) & 0xff)) ^
      at(1024 + ((crc >>> 24) ^ (b[i + 3] as number))) ^
      at(768 + (b[i + 4] as number)) ^
      at(512 + (b[i + 5] as number)) ^
      at(256 + (b[i + 6] as number)) ^
      at(b[i + 7] as number);
  }
  for (; i < to; i += 1) crc = (crc >>> 8) ^ at((crc ^ (b[i] as number)) & 0xff);
  return ~crc >>> 0;
}

function slicingTable(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i += 1) {
    const before = made[i - 256] ?? 0;
    made[i] = (before >>> 8) ^ (made[before & 0xff] ?? 0);
  }
  return made;
}
