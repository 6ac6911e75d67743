/** What an API key may do. `publish`: trusted views · `backfill`: views of any age · `admin`: token metadata. */
export type Scope = 'publish' | 'backfill' | 'admin';

export const scopes: readonly Scope[] = ['publish', 'backfill', 'admin'];

/** Views that a key may send; undefined = as many as it likes. */
export interface KeyLimits {
  readonly viewsPerMinute?: number | undefined;
  readonly viewsPerDay?: number | undefined;
}

export interface KeyCaller extends KeyLimits {
  readonly kind: 'key';
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who sends a request. Anonymous callers are browsers; only a key makes event times and viewers believed. */
export type Caller = { readonly kind: 'anonymous' } | KeyCaller;

export const anonymous: Caller = { kind: 'anonymous' };

export function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.kind === 'key' && caller.scopes.has(scope);
}
