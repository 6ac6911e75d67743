import { hash } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { base58, base64nopad, base64urlnopad, bech32, bech32m } from '@scure/base';
import { type AddressCodecs, type Bech32Text, hexOf } from './address.ts';
import type { TokenKeySettings } from './token-keys.ts';

/** BIP-173: an address is at most 90 characters. */
const longestBech32 = 90;

function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    // The libraries throw on bad text; for us bad text is data.
    return undefined;
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function bech32Text(text: string): Bech32Text | undefined {
  const typed = text as `${string}1${string}`;
  const plain = orUndefined(() => bech32.decode(typed, longestBech32));
  if (plain !== undefined) return { ...plain, variant: 'bech32' };
  const modified = orUndefined(() => bech32m.decode(typed, longestBech32));
  return modified && { ...modified, variant: 'bech32m' };
}

/** The encodings on @scure/base, @noble/hashes and Node's SHA-256. */
export const addressCodecs: AddressCodecs = {
  keccak256Hex: (ascii) => hexOf(keccak_256(new TextEncoder().encode(ascii))),
  doubleSha256: (bytes) => sha256(sha256(bytes)),
  base58: (text) => orUndefined(() => base58.decode(text)),
  base64: (text) =>
    orUndefined(() => (/[-_]/.test(text) ? base64urlnopad : base64nopad).decode(text)),
  bech32: bech32Text,
  wordsToBytes: (words) => orUndefined(() => bech32.fromWords([...words])),
};

/** Of readers: who asks for a token without its chain means every one that it may be on, not a chain by default. */
export const plainTokenSettings: TokenKeySettings = {
  codecs: addressCodecs,
  defaultChains: new Map(),
};
