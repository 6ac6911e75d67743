import {
  type AddressCodecs,
  type AddressResult,
  badChecksum,
  canonical,
  invalid,
} from './address.ts';
import { base58Check } from './base58-check.ts';

export const tronVersion = 0x41;

/** Base58check of 21 bytes that begin with 0x41 (always "T…"); case kept. */
export function tronAddress(text: string, codecs: AddressCodecs): AddressResult {
  const decoded = base58Check(text, codecs);
  if (decoded?.version !== tronVersion)
    return invalid(
      'a Tron address is base58check of 21 bytes beginning with 0x41 (it starts with T)',
    );
  return decoded.isChecksumRight
    ? canonical(text)
    : badChecksum('the base58check checksum does not match');
}
