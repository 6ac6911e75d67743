import { windowNames } from '@trending/schemas';
import { type BoardsAnswer, BoardsAnswer as BoardsSchema } from '@trending/schemas/http/trending';
import type { FastifyInstance } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import { accessAsked, cacheAs } from './access-asked.ts';
import { headOf } from './answers.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problems } from './problems.ts';

/** GET /api/v1/boards */
export function boardsRoute(app: FastifyInstance, parts: GatewayParts): void {
  const schema = {
    operationId: 'boards',
    tags: ['boards'],
    summary: 'Which boards there are',
    description: 'Windows, scopes and formulas one may ask for, and how old every board is.',
    response: { 200: BoardsSchema, ...problems(401, 429, 503) },
  };
  app.get('/api/v1/boards', { schema }, (request, reply) => {
    const access = accessAsked(request, parts);
    cacheAs(reply, { shared: 'public, max-age=1', access });
    return reply.send(answerOf(parts, access));
  });
}

function answerOf({ shelf, clock }: GatewayParts, access: BoardAccess): BoardsAnswer {
  const versions = [...shelf.all(access)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const formulas = new Map(
    versions.map(({ board: { formula } }) => [
      `${formula.id}@${formula.hash}`,
      { id: formula.id, version: formula.version, hash: formula.hash },
    ]),
  );
  return {
    windows: [...windowNames],
    scopes: [...shelf.scopes(access)],
    formulas: [...formulas.values()],
    boards: versions.map(({ board }) => ({
      ...headOf(board),
      tokens: board.totals.tokens,
      places: board.items.length,
      staleMs: Math.max(0, clock.now() - board.scoredAt),
    })),
  };
}
