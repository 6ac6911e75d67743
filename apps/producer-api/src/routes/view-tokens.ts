import { ProblemError, problemOf, strictBody } from '@trending/runtime';
import { ViewTokenAnswer, ViewTokenBody } from '@trending/schemas/http/publish';
import type { FastifyInstance } from 'fastify';
import type { ViewTokens } from '../adapters/view-tokens.ts';
import { networkPrefix } from '../domain/network-prefix.ts';
import type { ViewClaims } from '../domain/view-claims.ts';
import { isAllowed, requireScope } from './callers.ts';
import { keyNeeded, problems } from './documentation.ts';
import { originOf } from './origin.ts';
import { rejectionProblem } from './problems.ts';
import type { Publishing } from './publishing.ts';
import { payQuota } from './quotas.ts';

export interface ViewTokenParts {
  readonly publishing: Publishing;
  readonly tokens: ViewTokens;
  readonly allowedOrigins: readonly string[];
}

const bodyLimit = 16 * 1024;
const defaultTtlS = 300;
const schema = {
  operationId: 'createViewToken',
  tags: ['views'],
  summary: 'Make a view token for a page',
  description:
    'A backend asks on behalf of one of its pages. The page sends the token in `x-trending-view-token` with its views until it expires. Needs a key with the publish scope; costs one view of its quota.',
  security: keyNeeded,
  body: ViewTokenBody,
  response: { 201: ViewTokenAnswer, ...problems(400, 401, 403, 413, 415, 422, 429, 503) },
};

/** POST /api/v1/view-tokens */
export function viewTokensRoute(app: FastifyInstance, parts: ViewTokenParts): void {
  app.post<{ Body: ViewTokenBody }>(
    '/api/v1/view-tokens',
    {
      ...{ schema, bodyLimit, validatorCompiler: strictBody({}) },
      preParsing: async (request) => requireScope(request, 'publish'),
    },
    async (request, reply) => {
      const { publishing, tokens } = parts;
      const origin = originOf(request, publishing);
      payQuota(publishing.quotas, { origin, views: 1, reply });
      const key = origin.caller.kind === 'key' ? origin.caller.name : '';
      const expiresAt =
        Math.floor(origin.receivedAt / 1000) + (request.body.ttlSeconds ?? defaultTtlS);
      const token = tokens.sign(claimsFor(parts, request.body, { key, expiresAt }));
      const answer = { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
      return reply.code(201).header('cache-control', 'no-store').send(answer);
    },
  );
}

/** @throws ProblemError 403 for an origin whose pages may not publish, 422 for a token or network that is none. */
function claimsFor(
  { publishing, allowedOrigins }: ViewTokenParts,
  { origin, address, chain, network }: ViewTokenBody,
  made: Pick<ViewClaims, 'key' | 'expiresAt'>,
): ViewClaims {
  if (!isAllowed(origin, allowedOrigins))
    throw new ProblemError(
      problemOf(403, 'origin-not-allowed', 'Pages of this origin may not publish here.'),
    );
  return {
    ...made,
    origin,
    ...(address === undefined ? {} : { token: tokenKey(publishing, address, chain) }),
    ...(network === undefined ? {} : { network: prefixOf(network) }),
  };
}

function tokenKey({ intake }: Publishing, address: string, chain: string | undefined): string {
  const found = intake.tokens(address, chain);
  if (found.ok) return found.token.key;
  const { code, at: pointer, detail } = found;
  throw new ProblemError(rejectionProblem({ code, pointer, detail }, 'body'));
}

function prefixOf(network: string): string {
  const prefix = networkPrefix(network);
  if (prefix !== undefined) return prefix;
  const detail = "network is the visitor's IP address";
  throw new ProblemError(
    rejectionProblem({ code: 'network-invalid', pointer: 'network', detail }, 'body'),
  );
}
