/** Longest address of a canonical token key, in characters. */
export const longestAddress = 256;

const form = /^[a-z0-9][a-z0-9_-]{0,31}:[\x21-\x7e]{1,256}$/;
/** A hexadecimal number that stands by itself: a whole address, or an address within a type such as `0x2::sui::SUI`. */
const hexNumbers = /(?<=^|[:<,])0x[0-9a-fA-F]+(?=$|[:<,>])/g;
const mixedCaseHex = /[:<,]0x[0-9a-f]*[A-F][0-9a-fA-F]*(?:$|[:<,>])/;

/**
 * Is it a canonical `chain:address`? Holds what the rules of all chains share, so that readers of the log need no chain
 * table: the publisher's key of any token passes, and hexadecimal numbers in capitals, which would be a second key of one
 * token, do not. Names keep their case: `sui:0x…::cetus::CETUS` passes.
 */
export function isTokenKey(key: string): boolean {
  return form.test(key) && !mixedCaseHex.test(key);
}

/** The address with its hexadecimal numbers in lower case. */
export function lowerCaseHex(address: string): string {
  return address.replace(hexNumbers, (number) => number.toLowerCase());
}

/** Chain part of a canonical `chain:address`. */
export function chainOf(token: string): string {
  return token.slice(0, token.indexOf(':'));
}

/** Address part of a canonical `chain:address`. */
export function addressOf(token: string): string {
  return token.slice(token.indexOf(':') + 1);
}
