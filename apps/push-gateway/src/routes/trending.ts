import { type BoardRef, boardKey, type Position } from '@trending/schemas';
import {
  type TrendingAnswer,
  TrendingQuery,
  TrendingAnswer as TrendingSchema,
} from '@trending/schemas/http/trending';
import type { FastifyInstance } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import type { BoardVersion } from '../domain/board-version.ts';
import { decodeCursor, encodeCursor } from '../domain/page-cursor.ts';
import { accessAsked, cacheAs, demandAccess } from './access-asked.ts';
import { headOf, itemOf } from './answers.ts';
import { boardAsked, boardNamed, versionServed } from './board-question.ts';
import { boardCacheControl, entityTag, matchesTag } from './entity-tag.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem, problems } from './problems.ts';

const defaultLimit = 20;

interface Page {
  readonly version: BoardVersion;
  readonly from: number;
  readonly limit: number;
}

/** GET /api/v1/tokens/trending */
export function trendingRoute(app: FastifyInstance, parts: GatewayParts): void {
  const schema = {
    operationId: 'trending',
    tags: ['boards'],
    summary: 'What is trending now',
    description:
      'One board, ranked. ETag and If-None-Match make polling cheap; nextCursor continues on the very same version.',
    querystring: TrendingQuery,
    response: { 200: TrendingSchema, ...problems(400, 401, 403, 404, 410, 429, 503) },
  };
  app.get<{ Querystring: TrendingQuery }>(
    '/api/v1/tokens/trending',
    { schema },
    async (request, reply) => {
      const access = accessAsked(request, parts);
      const page = await pageAsked(request.query, parts, access);
      const { board } = page.version;
      const tag = entityTag(page.version);
      reply.header('etag', tag);
      const ref = { formula: board.formula.id, window: board.window, scope: board.scope };
      cacheAs(reply, { shared: boardCacheControl, access, board: ref });
      if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      return reply.send(answerOf(page, parts));
    },
  );
}

async function pageAsked(
  query: TrendingQuery,
  parts: GatewayParts,
  access: BoardAccess,
): Promise<Page> {
  const limit = query.limit ?? defaultLimit;
  if (query.cursor === undefined) {
    const board = boardAsked(query, parts, access);
    return { version: versionServed(board, parts, access), from: 0, limit };
  }
  const cursor = decodeCursor(query.cursor);
  if (cursor === undefined) {
    throw problem(400, 'bad-cursor', 'The cursor is not one of ours; use nextCursor as it came.');
  }
  demandAccess(cursor.board, access);
  if (!isSameBoard(query, cursor.board)) {
    throw problem(400, 'bad-cursor', 'The cursor belongs to another board than the query.');
  }
  return { version: await versionBegun(cursor.board, cursor, parts), from: cursor.shown, limit };
}

/** A cursor alone is enough; what the query names besides must agree with it. */
function isSameBoard(query: TrendingQuery, board: BoardRef): boolean {
  const { chain, category, scope } = query;
  const namesScope = [chain, category, scope].some((part) => part !== undefined);
  const asked = boardNamed({
    ...query,
    window: query.window ?? board.window,
    formula: query.formula ?? board.formula,
  });
  return (
    asked.window === board.window &&
    asked.formula === board.formula &&
    (!namesScope || asked.scope === board.scope)
  );
}

/** The version that a cursor goes on with, whichever gateway gave the cursor. */
async function versionBegun(
  board: BoardRef,
  position: Position,
  parts: GatewayParts,
): Promise<BoardVersion> {
  const key = boardKey(board.formula, board.window, board.scope);
  const current = parts.shelf.get(key);
  if (current?.board.epoch === position.epoch && current.board.seq === position.seq) return current;
  const past = await parts.past.find(key, position);
  if (past !== undefined) return past;
  throw problem(
    410,
    'cursor-expired',
    'This version of the board is gone; start again without a cursor.',
  );
}

function answerOf({ version, from, limit }: Page, parts: GatewayParts): TrendingAnswer {
  const { board, items } = version;
  const shown = from + limit;
  const hasMore = shown < items.length;
  if (hasMore) parts.past.keep(version);
  const ref = { formula: board.formula.id, window: board.window, scope: board.scope };
  const { epoch, seq, totals } = board;
  return {
    board: headOf(board),
    totals: {
      tokens: totals.tokens,
      views: totals.views,
      effectiveVisitors: totals.effective / 1_000_000,
    },
    items: items.slice(from, shown).map(itemOf),
    nextCursor: hasMore ? encodeCursor({ board: ref, epoch, seq, shown }) : null,
  };
}
