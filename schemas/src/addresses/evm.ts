import {
  type AddressCodecs,
  type AddressResult,
  badChecksum,
  canonical,
  invalid,
} from './address.ts';

const form = /^0x[0-9a-fA-F]{40}$/;

export function isEvmForm(text: string): boolean {
  return text.length === 42 && form.test(text);
}

/** 0x + 40 hex digits → lower case. Mixed case carries a checksum (EIP-55) and must pass it; all-lower and all-upper carry none. */
export function evmAddress(text: string, codecs: AddressCodecs): AddressResult {
  if (!isEvmForm(text)) return invalid('an EVM address is 0x and 40 hexadecimal digits');
  const digits = text.slice(2);
  const lower = digits.toLowerCase();
  if (digits === lower || digits === digits.toUpperCase()) return canonical(`0x${lower}`);
  return digits === checksummed(lower, codecs)
    ? canonical(`0x${lower}`)
    : badChecksum('the upper and lower case letters do not match the EIP-55 checksum');
}

/** EIP-55: a letter is upper case where the Keccak-256 of the lower-case digits has a nibble of 8 or more. */
function checksummed(lower: string, codecs: AddressCodecs): string {
  const hash = codecs.keccak256Hex(lower);
  let text = '';
  for (let i = 0; i < lower.length; i += 1) {
    const digit = lower.charAt(i);
    text += hash.charAt(i) >= '8' ? digit.toUpperCase() : digit;
  }
  return text;
}
