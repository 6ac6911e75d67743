import { defaultFormula } from '@trending/schemas/formulas';
import type { TrendingAnswer } from '@trending/schemas/http/trending';
import type { BoardView } from '../subscribe/board-model.ts';
import { boardQuery } from '../subscribe/transports/query.ts';
import { snapshotFromRest } from '../subscribe/transports/rest-board.ts';

export interface FetchBoardOptions {
  /** Base URL of the gateway. */
  readonly endpoint: string;
  /** Default `1h`. */
  readonly window?: string;
  /** Default `trending`. */
  readonly formula?: string;
  /** Default `all`. */
  readonly scope?: string;
  /** Default 20, at most 100. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** For private boards. */
  readonly accessToken?: string;
}

/**
 * The board as it is now, asked once: for pages rendered on a server, and as `initial` of `useBoard`.
 * @throws Error when the gateway is away or refuses; its message holds the gateway's words
 */
export async function fetchBoard(options: FetchBoardOptions): Promise<BoardView> {
  const { window = '1h', formula = defaultFormula, scope = 'all', limit = 20 } = options;
  const { signal, accessToken } = options;
  const endpoint = options.endpoint.replace(/\/+$/, '');
  const board = { formula, window, scope };
  const url = `${endpoint}/api/v1/tokens/trending?${boardQuery(board, limit)}`;
  const answer = await fetch(url, {
    ...(signal !== undefined && { signal }),
    ...(accessToken !== undefined && { headers: { authorization: `Bearer ${accessToken}` } }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  const frame = snapshotFromRest((await answer.json()) as TrendingAnswer, {
    endpoint,
    board,
    limit,
  });
  const { epoch, seq, asOf, receivedAt, scoredAt, pushedAt, items } = frame;
  return { board, epoch, seq, asOf, receivedAt, scoredAt, pushedAt, items, madeBy: 'snapshot' };
}
