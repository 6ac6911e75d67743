import { type TokenKeySettings, type TokenResult, tokenOf } from '@trending/schemas/addresses';

const generationMax = 20_000;

export type TokenLookup = (address: string, chain: string | undefined) => TokenResult;

/** `tokenOf` with the newest right answers kept: views concentrate on few tokens, and checksums are the dear part. */
export function createTokenLookup(settings: TokenKeySettings): TokenLookup {
  let young = new Map<string, TokenResult>();
  let old = new Map<string, TokenResult>();
  const keep = (name: string, result: TokenResult): TokenResult => {
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(name, result);
    return result;
  };
  return (address, chain) => {
    // '|' is in no valid chain or address, so a name that is kept can be read in one way only.
    const name = chain === undefined ? `=${address}` : `+${chain}|${address}`;
    const known = young.get(name);
    if (known !== undefined) return known;
    const aged = old.get(name);
    if (aged !== undefined) return keep(name, aged);
    const result = tokenOf(address, chain, settings);
    return result.ok ? keep(name, result) : result;
  };
}
