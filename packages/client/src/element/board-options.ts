import type { FrameItem } from '@trending/schemas/frames';
import { chainOf } from '@trending/schemas/scopes';

/** What the filters offer. */
export interface BoardOptions {
  readonly chains: readonly string[];
  readonly categories: readonly string[];
}

export const noOptions: BoardOptions = { chains: [], categories: [] };

/** The chains and categories that have boards, from the gateway; empty when it cannot say. */
export async function fetchOptions(endpoint: string): Promise<BoardOptions> {
  try {
    const answer = await fetch(`${endpoint}/api/v1/boards`);
    if (!answer.ok) return noOptions;
    return optionsOfScopes(scopesIn(await answer.json()));
  } catch {
    return noOptions;
  }
}

/** What the shown rows themselves tell; it only ever adds. */
export function withItems(options: BoardOptions, items: readonly FrameItem[]): BoardOptions {
  const chains = merged(
    options.chains,
    items.map((item) => chainOf(item.token)),
  );
  const categories = merged(
    options.categories,
    items.flatMap((item) => item.categories ?? []),
  );
  return chains === options.chains && categories === options.categories
    ? options
    : { chains, categories };
}

export function optionsOfScopes(scopes: readonly string[]): BoardOptions {
  const valuesOf = (kind: string) =>
    scopes.filter((scope) => scope.startsWith(kind)).map((scope) => scope.slice(kind.length));
  return {
    chains: merged([], valuesOf('chain:')),
    categories: merged([], valuesOf('category:')),
  };
}

function merged(known: readonly string[], more: readonly string[]): readonly string[] {
  const all = new Set([...known, ...more]);
  return all.size === known.length ? known : [...all].sort();
}

/** Every `scope` in the answer, wherever it stands; an answer of another shape gives none. */
function scopesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scopesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'scope' && typeof inner === 'string') return [inner];
    return key === 'scopes' && Array.isArray(inner)
      ? inner.filter((scope) => typeof scope === 'string')
      : scopesIn(inner);
  });
}
