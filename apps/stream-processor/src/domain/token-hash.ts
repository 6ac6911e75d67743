import { hash3, hashText } from './hash.ts';

/**
 * A token by its name's hash, 52 bits, where names would be most of what is sent: of a million tokens of a partition two have the same one in one case of ten
 * thousand, and facts of viewers of the one are then taken for facts of the same viewers of the other.
 */
export type TokenHash = number;

const wordEnd = 2 ** 32;
const highBits = 20;

export function tokenHashOf(name: string): TokenHash {
  return tokenHashFrom(highWordOf(name), hashText(name));
}

/** `low`: what a table of tokens is looked up by. */
export function tokenHashFrom(high: number, low: number): TokenHash {
  return high * wordEnd + low;
}

/** The upper bits, of a name whose {@link hashText} is the lower word. */
export function highWordOf(name: string): number {
  let h = name.length;
  for (let i = 0; i < name.length; i += 1) h = (Math.imul(h, 31) + name.charCodeAt(i)) | 0;
  return hash3(h, name.length, 0) >>> (32 - highBits);
}

export function highWordIn(hash: TokenHash): number {
  return Math.floor(hash / wordEnd);
}

export function lowWordIn(hash: TokenHash): number {
  return hash >>> 0;
}
