import { addressOf, chainOf } from '@trending/schemas';
import {
  ExplainQuery,
  ExplainAnswer as ExplainSchema,
  type StandingAnswer,
  StandingQuery,
  StandingAnswer as StandingSchema,
  TokenParams,
} from '@trending/schemas/http/tokens';
import type { FastifyInstance } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import { standingsOf } from '../domain/standing.ts';
import { accessAsked, cacheAs, operatorAsked } from './access-asked.ts';
import { headOf, itemOf, metadataOf } from './answers.ts';
import { boardAsked, versionServed } from './board-question.ts';
import { explainAnswer } from './explain-answer.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem, problems } from './problems.ts';
import { tokenAsked } from './token-asked.ts';

interface TokenPath {
  readonly address: string;
}

/** GET /api/v1/tokens/{address} and …/explain */
export function tokenRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const common = { tags: ['tokens'], params: TokenParams };
  const standing = {
    ...common,
    operationId: 'standing',
    summary: 'Where a token stands on every board',
    querystring: StandingQuery,
    response: { 200: StandingSchema, ...problems(400, 401, 404, 429, 503) },
  };
  app.get<{ Params: TokenPath; Querystring: StandingQuery }>(
    '/api/v1/tokens/:address',
    { schema: standing },
    (request, reply) => {
      const access = accessAsked(request, parts);
      const { params, query } = request;
      const token = tokenAsked({ address: params.address, chain: query.chain }, parts, access);
      cacheAs(reply, { shared: 'public, max-age=1', access });
      return reply.send(standingAnswer(token, parts, access));
    },
  );
  const explain = {
    ...common,
    operationId: 'explain',
    summary: 'Why a token has its score',
    description:
      'The contributions add up to the score exactly; the sentence says it plainly. detail=operator needs an access token that grants it.',
    querystring: ExplainQuery,
    response: { 200: ExplainSchema, ...problems(400, 401, 403, 404, 429, 503) },
  };
  app.get<{ Params: TokenPath; Querystring: ExplainQuery }>(
    '/api/v1/tokens/:address/explain',
    { schema: explain },
    (request, reply) => {
      const { window, formula, scope, detail } = request.query;
      // No cache may keep a refusal either: the same address has an answer for others.
      if (detail !== undefined) reply.header('cache-control', 'private, no-store');
      const access =
        detail === undefined ? accessAsked(request, parts) : operatorAsked(request, parts);
      const wanted = {
        ...(window && { window }),
        ...(formula && { formula }),
        ...(scope && { scope }),
      };
      const board = boardAsked(wanted, parts, access);
      const { chain } = request.query;
      const token = tokenAsked({ address: request.params.address, chain }, parts, access);
      // Which token an address means may depend on private boards.
      cacheAs(reply, {
        shared: 'public, max-age=1',
        access,
        board: access.hasGrants ? undefined : board,
      });
      const version = versionServed(board, parts, access);
      return reply.send(explainAnswer(token, version, detail !== undefined));
    },
  );
}

function standingAnswer(
  token: string,
  { shelf, directory }: GatewayParts,
  access: BoardAccess,
): StandingAnswer {
  const standings = standingsOf(token, shelf.all(access));
  const known = directory.get(token);
  if (standings.length === 0 && known === undefined) {
    throw problem(404, 'unknown-token', `${token} is on no board and has no metadata.`);
  }
  return {
    token,
    chain: chainOf(token),
    address: addressOf(token),
    metadata: metadataOf(known),
    standings: standings.map(({ version, item }) => ({
      board: headOf(version.board),
      places: version.items.length,
      item: itemOf(item),
    })),
  };
}
