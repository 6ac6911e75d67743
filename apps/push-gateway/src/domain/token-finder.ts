import { addressOf, lowerCaseHex } from '@trending/schemas';
import {
  chainOf,
  isKnownForm,
  plainTokenSettings,
  spellingsOf,
  tokenOf,
} from '@trending/schemas/addresses';
import type { BoardVersion } from './board-version.ts';
import type { TokenDirectory } from './token-directory.ts';

export interface TokenQuestion {
  /** An address, or `chain:address`. */
  readonly address: string;
  readonly chain?: string | undefined;
}

/** A chain by slug, number or other name; a CAIP-2 name has a colon of its own. */
const withChain = /^(eip155:\d{1,12}|[^:]+):(.+)$/;

/** The key that publishing the token makes. What its chain would refuse is looked for as it stands: writers of the log are free to use it. */
function keyOf(chain: string, address: string): string {
  const result = tokenOf(address, chain, plainTokenSettings);
  if (result.ok) return result.token.key;
  return `${chainOf(chain)?.slug ?? chain.toLowerCase()}:${lowerCaseHex(address)}`;
}

/** The token named exactly, or undefined when only an address was given. */
export function namedToken({ address, chain }: TokenQuestion): string | undefined {
  if (chain !== undefined) return keyOf(chain, address);
  const [, prefix = '', rest = ''] = withChain.exec(address) ?? [];
  if (prefix === '' || isKnownForm(address)) return undefined;
  const known = chainOf(prefix);
  // Part of a TON address ("0:ab…", "-1:ab…"): chains that are called by a number are all known.
  if (/^-?\d+$/.test(prefix) && (known === undefined || known.family === 'generic'))
    return undefined;
  return keyOf(prefix, rest);
}

/** Known tokens with this address in any spelling, sorted: none, one, or one per chain. */
export function tokensWithAddress(
  address: string,
  known: { readonly boards: readonly BoardVersion[]; readonly directory: TokenDirectory },
): readonly string[] {
  const wanted = new Set(spellingsOf(address));
  const found = new Set([...wanted].flatMap((text) => known.directory.withAddress(text)));
  for (const { items } of known.boards) {
    for (const { token } of items) if (wanted.has(addressOf(token))) found.add(token);
  }
  return [...found].sort();
}
