import { addressOf, chainOf } from '@trending/schemas';
import {
  type ExplainAnswer,
  ExplainQuery,
  ExplainAnswer as ExplainSchema,
  type StandingAnswer,
  StandingQuery,
  StandingAnswer as StandingSchema,
  TokenParams,
} from '@trending/schemas/http/tokens';
import type { FastifyInstance } from 'fastify';
import { explanationOf } from '../domain/explanation.ts';
import { standingsOf } from '../domain/standing.ts';
import { headOf, itemOf, metadataOf } from './answers.ts';
import { boardAsked, versionServed } from './board-question.ts';
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
    response: { 200: StandingSchema, ...problems(400, 404, 429, 503) },
  };
  app.get<{ Params: TokenPath; Querystring: StandingQuery }>(
    '/api/v1/tokens/:address',
    { schema: standing },
    ({ params, query }, reply) => {
      const token = tokenAsked({ address: params.address, chain: query.chain }, parts);
      return reply.header('cache-control', 'public, max-age=1').send(standingAnswer(token, parts));
    },
  );
  const explain = {
    ...common,
    operationId: 'explain',
    summary: 'Why a token has its score',
    description: 'The contributions add up to the score exactly; the sentence says it plainly.',
    querystring: ExplainQuery,
    response: { 200: ExplainSchema, ...problems(400, 404, 429, 503) },
  };
  app.get<{ Params: TokenPath; Querystring: ExplainQuery }>(
    '/api/v1/tokens/:address/explain',
    { schema: explain },
    ({ params, query }, reply) => {
      const token = tokenAsked({ address: params.address, chain: query.chain }, parts);
      return reply
        .header('cache-control', 'public, max-age=1')
        .send(explainAnswer(token, query, parts));
    },
  );
}

function standingAnswer(token: string, { shelf, directory }: GatewayParts): StandingAnswer {
  const standings = standingsOf(token, shelf.all());
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

function explainAnswer(token: string, query: ExplainQuery, parts: GatewayParts): ExplainAnswer {
  const { window, formula, scope } = query;
  const version = versionServed(
    boardAsked(
      { ...(window && { window }), ...(formula && { formula }), ...(scope && { scope }) },
      parts,
    ),
    parts,
  );
  const item = version.items.find((candidate) => candidate.token === token);
  if (item === undefined) {
    throw problem(404, 'not-on-board', `${token} is not on the board ${version.key} now.`);
  }
  return {
    token,
    board: headOf(version.board),
    rank: item.rank,
    score: item.scoreMicro / 1_000_000,
    scoreMicro: item.scoreMicro,
    contributions: item.contributions.map(({ name, micro }) => ({
      name,
      points: micro / 1_000_000,
      micro,
    })),
    sentence: explanationOf(version, item),
  };
}
