import { type AddressCodecs, type AddressResult, canonical, invalid } from './address.ts';

/** Base58 of exactly 32 bytes; the text is its own canonical form (base58 is one-to-one and case matters). */
export function solanaAddress(text: string, codecs: AddressCodecs): AddressResult {
  const bytes = text.length >= 32 && text.length <= 44 ? codecs.base58(text) : undefined;
  return bytes?.length === 32
    ? canonical(text)
    : invalid('a Solana address is base58 of exactly 32 bytes');
}
