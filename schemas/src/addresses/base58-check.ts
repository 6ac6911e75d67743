import type { AddressCodecs } from './address.ts';

/** Version byte and 20-byte hash of an address in base58check, and whether its checksum holds. */
export interface Base58Check {
  readonly version: number;
  readonly hash: Uint8Array;
  readonly isChecksumRight: boolean;
}

/** Longest text of 25 bytes in base58. */
const longestText = 35;

/** Undefined when the text is not base58 of 25 bytes: version, 20-byte hash, 4 bytes of double SHA-256. */
export function base58Check(text: string, codecs: AddressCodecs): Base58Check | undefined {
  if (text.length > longestText) return undefined;
  const bytes = codecs.base58(text);
  if (bytes?.length !== 25) return undefined;
  const sum = codecs.doubleSha256(bytes.subarray(0, 21));
  return {
    version: bytes[0] ?? 0,
    hash: bytes.subarray(1, 21),
    isChecksumRight: bytes.subarray(21).every((byte, i) => byte === sum[i]),
  };
}
