import { addressOf } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';
import type { TokenDirectory } from './token-directory.ts';

export interface TokenQuestion {
  /** An address, or `chain:address`. */
  readonly address: string;
  readonly chain?: string | undefined;
}

/** Hex addresses are kept in lower case; every other family keeps its case. */
function canonicalAddress(address: string): string {
  return /^0x[0-9a-f]+$/i.test(address) ? address.toLowerCase() : address;
}

/** The token named exactly, or undefined when only an address was given. */
export function namedToken({ address, chain }: TokenQuestion): string | undefined {
  if (chain !== undefined) return `${chain.toLowerCase()}:${canonicalAddress(address)}`;
  const colon = address.indexOf(':');
  // A TON raw address has a colon too ("0:ab…", "-1:ab…"), but no chain is called by a number.
  if (colon <= 0 || /^-?\d+:/.test(address)) return undefined;
  return `${address.slice(0, colon).toLowerCase()}:${canonicalAddress(address.slice(colon + 1))}`;
}

/** Known tokens with this address, sorted: none, one, or one per chain. */
export function tokensWithAddress(
  address: string,
  known: { readonly boards: readonly BoardVersion[]; readonly directory: TokenDirectory },
): readonly string[] {
  const wanted = canonicalAddress(address);
  const found = new Set(known.directory.withAddress(wanted));
  for (const { items } of known.boards) {
    for (const { token } of items) if (addressOf(token) === wanted) found.add(token);
  }
  return [...found].sort();
}
