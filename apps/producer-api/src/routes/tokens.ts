import { type Clock, ProblemError, strictBody } from '@trending/runtime';
import type { TokenMetadata } from '@trending/schemas';
import type { Token } from '@trending/schemas/addresses';
import {
  MetadataAnswer,
  TokenMetadataBody,
  TokenPath,
  ViewQuery,
} from '@trending/schemas/http/publish';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PublishMetrics } from '../adapters/publish-metrics.ts';
import type { TokenLookup } from '../adapters/token-cache.ts';
import type { Entry, TopicWriter } from '../adapters/topic-writer.ts';
import { metadataOf } from '../domain/token-list.ts';
import { timeOf } from '../time-text.ts';
import { requireScope } from './callers.ts';
import { keyNeeded, problems } from './documentation.ts';
import { pathRejectionProblem, rejectionProblem } from './problems.ts';

/** What the metadata routes work with. */
export interface MetadataParts {
  readonly tokens: TokenLookup;
  readonly writer: TopicWriter<TokenMetadata>;
  readonly metrics: PublishMetrics;
  readonly clock: Clock;
}

const common = {
  tags: ['tokens'],
  security: keyNeeded,
  params: TokenPath,
  response: { 202: MetadataAnswer, ...problems(400, 401, 403, 413, 415, 422, 503) },
};
const putSchema = {
  ...common,
  operationId: 'putToken',
  summary: "Set a token's name, symbol, categories and logo",
  description: 'Replaces what was known of the token. Needs a key with the admin scope.',
  body: TokenMetadataBody,
};
const deleteSchema = {
  ...common,
  operationId: 'deleteToken',
  summary: 'Forget the metadata of a token',
  description: 'Its views stay. Needs a key with the admin scope.',
  querystring: ViewQuery,
};

/** PUT and DELETE /api/v1/tokens/{address} */
export function tokenRoutes(app: FastifyInstance, parts: MetadataParts): void {
  const path = '/api/v1/tokens/:address';
  const admin = {
    bodyLimit: 16 * 1024,
    validatorCompiler: strictBody({}),
    preParsing: async (request: Parameters<typeof requireScope>[0]) =>
      requireScope(request, 'admin'),
  };
  app.put<{ Params: { address: string }; Body: TokenMetadataBody }>(
    path,
    { ...admin, schema: putSchema },
    async (request, reply) => {
      const token = tokenOf(parts, {
        address: request.params.address,
        chain: request.body.chain,
        chainAt: 'body',
      });
      const createdAt = createdAtOf(request.body.createdAt);
      const at = parts.clock.now();
      await append(parts, {
        key: token.key,
        value: metadataOf(token, { ...request.body, createdAt }, at),
        timestamp: at,
      });
      return accepted(reply, token, 'accepted');
    },
  );
  app.delete<{ Params: { address: string }; Querystring: { chain?: string } }>(
    path,
    { ...admin, schema: deleteSchema },
    async (request, reply) => {
      const token = tokenOf(parts, {
        address: request.params.address,
        chain: request.query.chain,
        chainAt: 'querystring',
      });
      await append(parts, { key: token.key, value: null, timestamp: parts.clock.now() });
      return accepted(reply, token, 'deleted');
    },
  );
}

interface Named {
  readonly address: string;
  readonly chain: string | undefined;
  readonly chainAt: 'body' | 'querystring';
}

function tokenOf({ tokens }: MetadataParts, { address, chain, chainAt }: Named): Token {
  const found = tokens(address, chain);
  if (found.ok) return found.token;
  const { code, at, detail } = found;
  throw new ProblemError(pathRejectionProblem({ code, pointer: at, detail }, chainAt));
}

/** @throws ProblemError 422 for a text that is not a time. */
function createdAtOf(given: string | number | undefined): number | undefined {
  const ms = timeOf(given);
  if (!Number.isNaN(ms)) return ms;
  const detail = 'createdAt is ISO 8601 with a time zone, or epoch milliseconds';
  throw new ProblemError(
    rejectionProblem({ code: 'created-at-invalid', pointer: 'createdAt', detail }, 'body'),
  );
}

async function append(parts: MetadataParts, entry: Entry<TokenMetadata>): Promise<void> {
  await parts.writer.append(entry);
  parts.metrics.metadata(1);
}

function accepted(reply: FastifyReply, token: Token, status: 'accepted' | 'deleted'): FastifyReply {
  return reply.code(202).send({ token: token.key, status });
}
