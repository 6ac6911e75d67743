import type { FrameItem } from '@trending/schemas/frames';
import { chainOf } from '@trending/schemas/token-key';

/** What the filters offer. */
export interface BoardOptions {
  readonly chains: readonly string[];
  readonly categories: readonly string[];
  /** Formulas with boards, besides those every service has. */
  readonly formulas: readonly string[];
}

export const noOptions: BoardOptions = { chains: [], categories: [], formulas: [] };

/** Which gateway is asked, and as whom: private boards are listed for those who may see them. */
export interface OptionsQuestion {
  readonly endpoint: string;
  readonly accessToken: string | undefined;
}

/** The chains, categories and formulas that have boards, from the gateway; undefined when it cannot say. */
export async function fetchOptions({
  endpoint,
  accessToken,
}: OptionsQuestion): Promise<BoardOptions | undefined> {
  try {
    const headers: HeadersInit =
      accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(`${endpoint}/api/v1/boards`, { headers });
    if (!answer.ok) return undefined;
    const boards: unknown = await answer.json();
    return { ...optionsOfScopes(scopesIn(boards)), formulas: formulasIn(boards) };
  } catch {
    return undefined;
  }
}

/** A number of rows that the gateway takes, whatever the page wrote: within 1 to 100, and 20 for what is no number. */
export function shownLimit(limit: unknown): number {
  const rows = Number(limit ?? Number.NaN);
  return Number.isNaN(rows) ? 20 : Math.trunc(Math.min(100, Math.max(1, rows)));
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
    : { ...options, chains, categories };
}

export function optionsOfScopes(
  scopes: readonly string[],
): Pick<BoardOptions, 'chains' | 'categories'> {
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

/** Ids in the answer's list of formulas, sorted and once each; an answer of another shape gives none. */
export function formulasIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || !('formulas' in value)) return [];
  const { formulas } = value;
  if (!Array.isArray(formulas)) return [];
  const ids = formulas.map((formula: unknown) =>
    typeof formula === 'object' && formula !== null && 'id' in formula ? formula.id : undefined,
  );
  return merged(
    [],
    ids.filter((id) => typeof id === 'string'),
  );
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
