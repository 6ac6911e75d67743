import { AppError, isRetriable, ProblemError, strictBody } from '@trending/runtime';
import {
  TokenPath,
  ViewAnswer,
  ViewBody,
  ViewQuery,
  type ViewRequest,
} from '@trending/schemas/http/publish';
import type { FastifyInstance } from 'fastify';
import { type Origin, takerOf } from '../intake.ts';
import { keyOptional, problems, publishHeaders } from './documentation.ts';
import { originOf } from './origin.ts';
import { pathRejectionProblem, unavailable } from './problems.ts';
import { type Append, countRejection, eventIdOf, type Publishing, settle } from './publishing.ts';
import { payQuota } from './quotas.ts';

type Body = Omit<ViewRequest, 'address'> | undefined;
type Query = Pick<ViewRequest, 'chain' | 'eventId' | 'source'>;

const bodyLimit = 16 * 1024;
const schema = {
  operationId: 'publishView',
  tags: ['views'],
  summary: 'Report one view of a token map',
  description:
    'Answers 202 once the brokers have the view. Works without a key from allowed pages; a key makes `viewedAt`, `viewer` and `network` count. ' +
    'To retry safely send your own `eventId`, or an `Idempotency-Key` header.',
  security: keyOptional,
  headers: publishHeaders,
  params: TokenPath,
  querystring: ViewQuery,
  body: ViewBody,
  response: { 202: ViewAnswer, ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
};

/** POST /api/v1/tokens/{address}/view */
export function viewRoute(app: FastifyInstance, publishing: Publishing): void {
  app.post<{ Params: { address: string }; Querystring: Query; Body: Body }>(
    '/api/v1/tokens/:address/view',
    { schema, bodyLimit, validatorCompiler: strictBody({ isOptional: true }) },
    async (request, reply) => {
      const origin = originOf(request, publishing);
      payQuota(publishing.quotas, { origin, views: 1, reply });
      const item = itemOf(request.params.address, request.query, request.body);
      const taken = takerOf(publishing.intake, origin)(item, 0);
      reply.code(202);
      if (taken.kind === 'append') return appended(publishing, taken, origin);
      if (taken.kind === 'duplicate') {
        publishing.metrics.duplicate();
        return { eventId: taken.eventId, status: 'duplicate' };
      }
      countRejection(publishing, taken.rejection.code);
      const chainAt = request.body?.chain === undefined ? 'querystring' : 'body';
      throw new ProblemError(pathRejectionProblem(taken.rejection, chainAt));
    },
  );
}

/** Waits for the brokers. @throws ProblemError 503 that names the event id to try again with. */
async function appended(
  publishing: Publishing,
  append: Append,
  origin: Origin,
): Promise<ViewAnswer> {
  const { accepted } = append;
  const eventId = eventIdOf(append);
  try {
    await publishing.publisher.publish(accepted);
  } catch (error) {
    countRejection(publishing, 'unavailable');
    if (error instanceof AppError && isRetriable(error)) throw unavailable(error, eventId);
    throw error;
  }
  const status = settle(publishing, append, origin.caller.kind === 'key');
  return accepted.reason === undefined
    ? { eventId, status }
    : { eventId, status, reason: accepted.reason };
}

/** @throws ProblemError 422 when body and query name different chains: one of them is a mistake. */
function itemOf(address: string, query: Query, body: Body): ViewRequest {
  const isSame =
    body?.chain === undefined || query.chain === undefined || body.chain === query.chain;
  if (isSame) return { ...query, ...body, address };
  const detail = 'the chain of the body and the chain of the query differ';
  throw new ProblemError(
    pathRejectionProblem({ code: 'chain-conflict', pointer: 'chain', detail }, 'querystring'),
  );
}
