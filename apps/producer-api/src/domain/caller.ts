/** What an API key may do. `publish`: trusted views · `backfill`: views of any age · `admin`: token metadata. */
export type Scope = 'publish' | 'backfill' | 'admin';

export const scopes: readonly Scope[] = ['publish', 'backfill', 'admin'];

/** Who sends a request. Anonymous callers are browsers; only a key makes event times and viewers believed. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'key'; readonly name: string; readonly scopes: ReadonlySet<Scope> };

export const anonymous: Caller = { kind: 'anonymous' };

export function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.kind === 'key' && caller.scopes.has(scope);
}
