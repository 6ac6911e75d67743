import type { Board } from '@trending/schemas';

/** Strong tag of one board version: all gateways give the same bytes for the same (board, epoch, seq). */
/** How long anybody may keep an answer about one board. */
export const boardCacheControl = 'public, max-age=1, stale-while-revalidate=10';

export function entityTag({ formula, window, scope, epoch, seq }: Board): string {
  return `"${formula.id}.${window}.${scope}.${epoch}.${seq}"`;
}

/** If-None-Match compares weakly (RFC 9110, section 13.1.2). */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((candidate) => candidate.trim().replace(/^W\//, ''))
    .some((candidate) => candidate === tag || candidate === '*');
}
