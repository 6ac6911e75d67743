import { type BoardRef, boardKey, chainScope, defaultFormula, scopeAll } from '@trending/schemas';
import { canonicalScope } from '@trending/schemas/addresses';
import type { BoardAccess } from '../domain/board-access.ts';
import { boardProblem } from '../domain/board-choice.ts';
import type { BoardVersion } from '../domain/board-version.ts';
import { demandAccess } from './access-asked.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem } from './problems.ts';

/** How a query names a board. */
export interface BoardQuery {
  readonly window?: string;
  readonly formula?: string;
  readonly scope?: string;
  readonly chain?: string;
  readonly category?: string;
}

export const defaultWindow = '1h';

/** The board a query names, whether there is such a one or not. @throws ProblemError 400 when it names several scopes. */
export function boardNamed(query: BoardQuery): BoardRef {
  const scopes = [
    query.scope,
    query.chain && chainScope(query.chain.toLowerCase()),
    query.category && `category:${query.category.toLowerCase()}`,
  ].filter((scope) => scope !== undefined && scope !== '');
  if (scopes.length > 1) {
    throw problem(400, 'unknown-board', 'Give one of scope, chain and category, not several.');
  }
  return {
    // A plus sign in a query string means a space, and ids of drafted boards have one.
    formula: (query.formula ?? defaultFormula).replaceAll(' ', '+'),
    window: query.window ?? defaultWindow,
    scope: canonicalScope(scopes[0] ?? scopeAll),
  };
}

/** The board a query asks for. @throws ProblemError 400 with the choices, 401 or 403 when it is private. */
export function boardAsked(
  query: BoardQuery,
  parts: Pick<GatewayParts, 'shelf'>,
  access: BoardAccess,
): BoardRef {
  const board = boardNamed(query);
  demandAccess(board, access);
  const wrong = boardProblem(board, parts.shelf.formulas(access));
  if (wrong !== undefined) throw problem(400, 'unknown-board', wrong);
  return board;
}

const unknownHash = { version: 0, hash: '' };

/** The version now served. A board over everything may be empty; any other one must exist. @throws ProblemError 404 with the choices. */
export function versionServed(
  board: BoardRef,
  { shelf }: Pick<GatewayParts, 'shelf'>,
  access: BoardAccess,
): BoardVersion {
  const key = boardKey(board.formula, board.window, board.scope);
  const version = shelf.get(key);
  if (version !== undefined) return version;
  if (board.scope === scopeAll) return emptyVersion(board, key);
  const choices = shelf.scopes(access).slice(0, 60).join(', ');
  throw problem(404, 'unknown-board', `No board for ${board.scope} now. Scopes: ${choices}.`);
}

/** Nobody has ranked anything yet. */
function emptyVersion({ formula, window, scope }: BoardRef, key: string): BoardVersion {
  const times = { asOf: 0, scoredAt: 0, newestReceivedAt: 0 };
  const totals = { tokens: 0, views: 0, effective: 0 };
  const board = {
    formula: { id: formula, ...unknownHash },
    window,
    scope,
    epoch: 0,
    seq: 0,
    ...times,
    cut: [],
    controlOffset: -1,
    partial: [],
    totals,
    items: [],
    siteEffective: -1,
  };
  return { key, board, items: [] };
}
