/** Longest address of a canonical token key, in characters. */
export const longestAddress = 256;

const longestChain = 32;
/** Longest `chain:address`, in characters. */
export const longestTokenKey = longestChain + 1 + longestAddress;

const form = new RegExp(
  `^[a-z0-9][a-z0-9_-]{0,${longestChain - 1}}:[\\x21-\\x7e]{1,${longestAddress}}$`,
);
/** A hexadecimal number that stands by itself: a whole address, or an address within a type such as `0x2::sui::SUI`. */
const hexNumbers = /(?<=^|[:<,])0x[0-9a-fA-F]+(?=$|[:<,>])/g;

/**
 * Is it a canonical `chain:address`? Holds what the rules of all chains share, so that readers of the log need no chain
 * table: the publisher's key of any token passes, and hexadecimal numbers in capitals, which would be a second key of one
 * token, do not. Names keep their case: `sui:0x…::cetus::CETUS` passes.
 */
export function isTokenKey(key: string): boolean {
  return form.test(key) && lowerCaseHex(key) === key;
}

/** The address, or the whole key, with its hexadecimal numbers in lower case. */
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
