import { lowerCaseHex } from '../token-key.ts';
import { type AddressResult, canonical, invalid } from './address.ts';

/** Printable ASCII that is safe in keys, logs and paths: no space, quote, pipe, percent, angle bracket or control. */
const safe = /^[A-Za-z0-9_.:/+=@~$*-]{1,128}$/;

/**
 * For chains not in the table: bounded, printable, case kept. Only hexadecimal numbers become lower case, so the key stays
 * the same on the day the chain enters the table as an EVM chain.
 */
export function genericAddress(text: string): AddressResult {
  return safe.test(text)
    ? canonical(lowerCaseHex(text))
    : invalid('an address is 1 to 128 letters, digits or any of _ . : / + = @ ~ $ * -');
}
