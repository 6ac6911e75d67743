import { chainScope } from '../scopes.ts';
import { type Chain, chainTable } from './chain-table.ts';

/** Slugs of chains not in the table: lower case, no separators that keys or board names use. */
const slugPattern = /^[a-z0-9][a-z0-9-]{0,31}$/;
const longestName = 64;

const byName: ReadonlyMap<string, Chain> = new Map(
  chainTable.flatMap((chain) => [chain.slug, ...chain.aliases].map((name) => [name, chain])),
);

/** The chain of a slug, alias or EIP-155 number in any case; an unknown but well-formed slug gives a generic chain. */
export function chainOf(name: string): Chain | undefined {
  if (name.length > longestName) return undefined;
  const lower = name.toLowerCase();
  const known = byName.get(lower);
  if (known !== undefined) return known;
  return slugPattern.test(lower) ? { slug: lower, family: 'generic', aliases: [] } : undefined;
}

/** The scope by the chain's own slug: `chain:Ethereum` and `chain:1` are `chain:eth`. Other scopes, and what cannot name a chain, stay as they are. */
export function canonicalScope(scope: string): string {
  if (!scope.startsWith(chainScope(''))) return scope;
  const chain = chainOf(scope.slice(chainScope('').length));
  return chain === undefined ? scope : chainScope(chain.slug);
}
