import type { BoardVersion } from '../domain/board-version.ts';
import { namesHash } from '../domain/names-hash.ts';

/** How long anybody may keep an answer about one board. */
export const boardCacheControl = 'public, max-age=1, stale-while-revalidate=10';

/**
 * Strong tag of one board version with the names it is shown with: gateways that know the same names give the same bytes for the same
 * (board, epoch, seq), and one that has read a name later has another tag until then.
 */
export function entityTag(version: BoardVersion): string {
  const { formula, window, scope, epoch, seq } = version.board;
  return `"${formula.id}.${window}.${scope}.${epoch}.${seq}.${namesHash(version)}"`;
}

/** If-None-Match compares weakly (RFC 9110, section 13.1.2). */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((candidate) => candidate.trim().replace(/^W\//, ''))
    .some((candidate) => candidate === tag || candidate === '*');
}
