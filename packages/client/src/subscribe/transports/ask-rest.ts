import type { BoardRef, ErrorFrame } from '@trending/schemas/frames';
import type { TransportRequest } from '../transport.ts';
import { boardQuery } from './query.ts';

/** The board as REST has it; rejects when nothing answers. */
export function askRest(
  { endpoint, board, limit, accessToken }: TransportRequest,
  { signal, etag }: { readonly signal: AbortSignal; readonly etag?: string | undefined },
): Promise<Response> {
  return fetch(`${endpoint}/api/v1/tokens/trending?${boardQuery(board, limit)}`, {
    signal,
    cache: 'no-store',
    headers: {
      ...(etag !== undefined && { 'if-none-match': etag }),
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
  });
}

/** The problem document of a 4xx answer as the error frame it would have been. */
export async function refusalOf(
  answer: Response,
  board: BoardRef,
): Promise<ErrorFrame | undefined> {
  const { status } = answer;
  if (status < 400 || status > 499) return undefined;
  const problem = await answer.json().catch(() => undefined);
  // Its type is an address whose anchor is the code; a proxy's answer has none.
  const code = (String(problem?.type).split('#')[1] ?? 'bad-request') as ErrorFrame['code'];
  const message = String(problem?.detail ?? `The gateway answered ${status}.`);
  return { type: 'error', code, message, board };
}
