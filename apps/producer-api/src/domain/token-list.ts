import type { TokenMetadata } from '@trending/schemas';

/** Token metadata as given, after its shape was checked: a standard token list's fields or ours. */
export interface GivenMetadata {
  readonly name: string;
  readonly symbol: string;
  readonly categories?: readonly string[] | undefined;
  /** Tags of a token list; those that are not category words are dropped. */
  readonly tags?: readonly string[] | undefined;
  /** Token creation, ms. */
  readonly createdAt?: number | undefined;
  readonly logoUri?: string | undefined;
}

const categoriesMax = 16;

/** Categories are slugs, because each becomes the name of a board. */
const categoryForm = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The record of a token's metadata. `at` is when it was given, ms. */
export function metadataOf(
  token: { readonly chain: string; readonly address: string },
  given: GivenMetadata,
  at: number,
): TokenMetadata {
  return {
    chain: token.chain,
    address: token.address,
    name: given.name,
    symbol: given.symbol,
    categories: categoriesOf([...(given.categories ?? []), ...(given.tags ?? [])]),
    createdAt: given.createdAt ?? null,
    logoUri: given.logoUri ?? null,
    updatedAt: at,
  };
}

function categoriesOf(words: readonly string[]): string[] {
  const slugs = words.map((word) =>
    word
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '-'),
  );
  return [...new Set(slugs.filter((slug) => categoryForm.test(slug)))]
    .sort()
    .slice(0, categoriesMax);
}

const logoForm = /^(?:https:\/\/|ipfs:\/\/|data:image\/)/;

/** A logo address that a page may show, else undefined: plain http and scripts are not kept. */
export function safeLogo(uri: string | undefined): string | undefined {
  return uri !== undefined && logoForm.test(uri) ? uri : undefined;
}
