import { chainOf } from '@trending/schemas';
import { scopesOf } from '../domain/token-scopes.ts';

/** Chains whose scopes are shared: an open set, but a small one. */
const chainsMax = 1_024;

/** The scopes of tokens. Tokens of a chain without categories, which most are, share one list. */
export class ScopeNames {
  readonly #byChain = new Map<string, readonly string[]>();

  of(token: string, categories: readonly string[]): readonly string[] {
    if (categories.length > 0) return scopesOf(token, categories);
    const chain = chainOf(token);
    const known = this.#byChain.get(chain);
    if (known !== undefined) return known;
    const scopes = scopesOf(token, categories);
    if (this.#byChain.size < chainsMax) this.#byChain.set(chain, scopes);
    return scopes;
  }
}
