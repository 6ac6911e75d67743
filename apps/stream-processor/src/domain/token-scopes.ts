import { categoryScope, chainOf, chainScope, scopeAll } from '@trending/schemas';

/** The boards a token stands on: all, its chain's, its categories'. */
export function scopesOf(token: string, categories: readonly string[]): string[] {
  return [scopeAll, chainScope(chainOf(token)), ...categories.map(categoryScope)];
}
