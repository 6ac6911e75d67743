import { defaultFormula, type Position } from '@trending/schemas';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { refusalProblem } from '../adapters/doorkeeper.ts';
import { streamEvents } from '../adapters/sse.ts';
import { bearerOf } from '../adapters/token-sent.ts';
import { accessAsked, demandAccess } from './access-asked.ts';
import { boardNamed } from './board-question.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem, problems } from './problems.ts';

const StreamQuery = Type.Object(
  {
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h' })),
    scope: Type.Optional(Type.String({ maxLength: 80 })),
    chain: Type.Optional(Type.String({ maxLength: 64 })),
    category: Type.Optional(Type.String({ maxLength: 64 })),
    formula: Type.Optional(Type.String({ maxLength: 64, default: defaultFormula })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 20 })),
    since: Type.Optional(
      Type.String({ maxLength: 40, description: 'epoch:seq, as Last-Event-ID' }),
    ),
    access_token: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description: 'For private boards, where the Authorization header cannot be sent',
      }),
    ),
  },
  { additionalProperties: false },
);
type StreamQuery = Static<typeof StreamQuery>;

/** GET /api/v1/trending/stream: one board as server-sent events. */
export function streamRoute(app: FastifyInstance, parts: GatewayParts): void {
  const schema = {
    operationId: 'stream',
    tags: ['push'],
    summary: 'One board, followed',
    description:
      'Server-sent events snapshot, delta, heartbeat, error-frame and bye; the id is epoch:seq and resumes as Last-Event-ID.',
    querystring: StreamQuery,
    response: {
      200: { description: 'Events', content: { 'text/event-stream': { schema: Type.String() } } },
      ...problems(400, 401, 403, 429, 503),
    },
  };
  const options = { schema, exposeHeadRoute: false };
  app.get<{ Querystring: StreamQuery }>('/api/v1/trending/stream', options, (request, reply) => {
    const { limit, since: asked, access_token: token, ...query } = request.query;
    const { door } = parts.transports;
    const refusal = door.refusal(request.raw);
    if (refusal !== undefined) throw refusalProblem(refusal);
    const access = accessAsked(request, parts, bearerOf(request.headers.authorization) ?? token);
    const board = boardNamed(query);
    demandAccess(board, access);
    // Not what the shelf knows: a browser gives up for good when it is refused, and right after the start much is not read yet.
    const wrong = parts.transports.hub.problemWith(board, access);
    if (wrong !== undefined) throw problem(400, 'unknown-board', wrong);
    // After a reconnect of its own the browser's header is newer than the address it was given once.
    const resume = request.headers['last-event-id']?.toString() ?? asked;
    const since = resume === undefined ? undefined : positionOf(resume);
    const wishes = { ...(limit !== undefined && { limit }), ...(since !== undefined && { since }) };
    const frame = { type: 'subscribe', board, ...wishes } as const;
    streamEvents(reply, { frame, access, leave: door.enter(request.raw) }, parts.transports);
  });
}

function positionOf(text: string): Position {
  const match = /^(\d{1,15}):(\d{1,15})$/.exec(text);
  if (match === null) {
    throw problem(
      400,
      'bad-position',
      'since and Last-Event-ID are <epoch>:<seq>, both whole numbers.',
    );
  }
  return { epoch: Number(match[1]), seq: Number(match[2]) };
}
