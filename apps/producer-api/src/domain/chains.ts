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
