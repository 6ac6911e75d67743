import { type TokenKeySettings, type TokenResult, tokenOf } from '@trending/schemas/addresses';

const generationMax = 20_000;

export type TokenLookup = (address: string, chain: string | undefined) => TokenResult;

/** `tokenOf` with the newest right answers kept: views concentrate on few tokens, and checksums are the dear part. */
export function createTokenLookup(settings: TokenKeySettings): TokenLookup {
  let young = new Generation();
  let old = new Generation();
  const keep = (address: string, chain: string | undefined, result: TokenResult): TokenResult => {
    if (young.size >= generationMax) {
      old = young;
      young = new Generation();
    }
    young.set(address, chain, result);
    return result;
  };
  return (address, chain) => {
    const known = young.get(address, chain);
    if (known !== undefined) return known;
    const aged = old.get(address, chain);
    if (aged !== undefined) return keep(address, chain, aged);
    const result = tokenOf(address, chain, settings);
    return result.ok ? keep(address, chain, result) : result;
  };
}

/** Answers by chain as given, or none, and address: one text of both would have to be made at every look. */
class Generation {
  readonly #chains = new Map<string | undefined, Map<string, TokenResult>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(address: string, chain: string | undefined): TokenResult | undefined {
    return this.#chains.get(chain)?.get(address);
  }

  set(address: string, chain: string | undefined, result: TokenResult): void {
    const known = this.#chains.get(chain) ?? new Map<string, TokenResult>();
    if (known.size === 0) this.#chains.set(chain, known);
    known.set(address, result);
    this.#size += 1;
  }
}
