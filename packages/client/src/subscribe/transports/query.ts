import { type BoardRef, limitClassOf } from '@trending/schemas/frames';

/** A board as the query parameters that REST and the event stream share. */
export function boardQuery(board: BoardRef, limit: number): URLSearchParams {
  const query = new URLSearchParams({ window: board.window, formula: board.formula });
  const [kind, value] = splitScope(board.scope);
  if (value !== undefined) query.set(kind, value);
  // No answer has more places than the largest class, and REST refuses to be asked for more.
  query.set('limit', String(Math.min(limit, limitClassOf(limit))));
  return query;
}

function splitScope(scope: string): readonly [kind: string, value: string | undefined] {
  const colon = scope.indexOf(':');
  return colon < 0 ? [scope, undefined] : [scope.slice(0, colon), scope.slice(colon + 1)];
}
