/** A canonical address, or why the text is not one. */
export type AddressResult =
  | { readonly ok: true; readonly address: string }
  | {
      readonly ok: false;
      readonly code: 'address-invalid' | 'address-checksum';
      readonly detail: string;
    };

export function canonical(address: string): AddressResult {
  return { ok: true, address };
}

export function invalid(detail: string): AddressResult {
  return { ok: false, code: 'address-invalid', detail };
}

export function badChecksum(detail: string): AddressResult {
  return { ok: false, code: 'address-checksum', detail };
}

export interface Bech32Text {
  readonly prefix: string;
  /** 5-bit words without the checksum. */
  readonly words: readonly number[];
  readonly variant: 'bech32' | 'bech32m';
}

/** Encodings and hashes the rules rest on: a parameter, so the rules stay free of libraries. All answer undefined for bad text. */
export interface AddressCodecs {
  /** Lower-case hex of Keccak-256 over ASCII text. */
  keccak256Hex(ascii: string): string;
  /** SHA-256 of SHA-256. */
  doubleSha256(bytes: Uint8Array): Uint8Array;
  base58(text: string): Uint8Array | undefined;
  /** Standard or URL-safe alphabet, without padding. */
  base64(text: string): Uint8Array | undefined;
  /** Checks the checksum and names which of the two it is (BIP-173, BIP-350). */
  bech32(text: string): Bech32Text | undefined;
  /** 5-bit words to bytes; undefined when the padding is not zero. */
  wordsToBytes(words: readonly number[]): Uint8Array | undefined;
}

const hexDigits = '0123456789abcdef';

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15);
  return text;
}
