/** CashAddr, the address form of Bitcoin Cash: base32 with a 40-bit BCH checksum over prefix and payload. */
const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const payloadBytes = 21;
const checksumWords = 8;
const payloadWords = Math.ceil((payloadBytes * 8) / 5);
const generator = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];

/** `type` 0 = key hash, 1 = script hash (20 bytes each). */
export interface CashAddress {
  readonly type: number;
  readonly hash: Uint8Array;
}

/** Lower-case text with prefix. */
export function cashAddressText(prefix: string, { type, hash }: CashAddress): string {
  const payload = toWords([type << 3, ...hash]);
  const sum = polymod([...prefixWords(prefix), ...payload, ...new Array(checksumWords).fill(0)]);
  const checksum = Array.from({ length: checksumWords }, (_, i) =>
    Number((sum >> BigInt(5 * (checksumWords - 1 - i))) & 31n),
  );
  return `${prefix}:${[...payload, ...checksum].map((word) => alphabet.charAt(word)).join('')}`;
}

/** Undefined when the form is wrong, `'checksum'` when only the checksum is. The prefix may be left out; upper case is fine, mixed is not. */
export function cashAddressOf(prefix: string, text: string): CashAddress | 'checksum' | undefined {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  const body = lower.startsWith(`${prefix}:`) ? lower.slice(prefix.length + 1) : lower;
  const words = Array.from(body, (digit) => alphabet.indexOf(digit));
  if (words.length !== payloadWords + checksumWords || words.includes(-1)) return undefined;
  if (polymod([...prefixWords(prefix), ...words]) !== 0n) return 'checksum';
  const bytes = toBytes(words.slice(0, payloadWords));
  const version = bytes[0] ?? 0xff;
  // Size bits 0 mean a 20-byte hash; the reserved top bit must be zero.
  return version === 0 || version === 8
    ? { type: version >> 3, hash: Uint8Array.from(bytes.slice(1)) }
    : undefined;
}

function prefixWords(prefix: string): number[] {
  return [...Array.from(prefix, (letter) => letter.charCodeAt(0) & 31), 0];
}

function polymod(words: readonly number[]): bigint {
  let sum = 1n;
  for (const word of words) {
    const top = sum >> 35n;
    sum = ((sum & 0x07ffffffffn) << 5n) ^ BigInt(word);
    generator.forEach((term, bit) => {
      if ((top >> BigInt(bit)) & 1n) sum ^= term;
    });
  }
  return sum ^ 1n;
}

function toWords(bytes: readonly number[]): number[] {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: payloadWords }, (_, i) =>
    Number.parseInt(bits.slice(i * 5, i * 5 + 5).padEnd(5, '0'), 2),
  );
}

function toBytes(words: readonly number[]): number[] {
  const bits = words.map((word) => word.toString(2).padStart(5, '0')).join('');
  return Array.from({ length: payloadBytes }, (_, i) =>
    Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2),
  );
}
