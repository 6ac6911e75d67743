import { addressOf, chainOf } from '@trending/schemas';
import {
  type HistoryAnswer,
  HistoryQuery,
  HistoryAnswer as HistorySchema,
  TokenParams,
} from '@trending/schemas/http/tokens';
import {
  type BoardHistoryAnswer,
  BoardHistoryQuery,
  BoardHistoryAnswer as BoardHistorySchema,
} from '@trending/schemas/http/trending';
import type { FastifyInstance } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import type { BoardAt, HistoryQuestion } from '../history.ts';
import { accessAsked, cacheAs } from './access-asked.ts';
import { isoOf } from './answers.ts';
import { boardAsked } from './board-question.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem, problems } from './problems.ts';
import { timeAsked } from './time-asked.ts';
import { tokenAsked } from './token-asked.ts';

const steps: ReadonlyMap<string, number> = new Map([
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
]);
const pointsMax = 1_500;
const defaultSpanMs = 86_400_000;

/** GET /api/v1/tokens/{address}/history and /api/v1/trending/history */
export function historyRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const token = {
    operationId: 'tokenHistory',
    tags: ['history'],
    summary: 'Views, visitors and best rank of a token over time',
    params: TokenParams,
    querystring: HistoryQuery,
    response: { 200: HistorySchema, ...problems(400, 401, 403, 404, 429, 503) },
  };
  app.get<{ Params: { address: string }; Querystring: HistoryQuery }>(
    '/api/v1/tokens/:address/history',
    { schema: token },
    async (request, reply) => {
      const access = accessAsked(request, parts);
      const question = questionOf(request.params.address, request.query, { parts, access });
      const points = await parts.history.points(question);
      const { window, formula } = question;
      const board = { window, formula, scope: 'all' };
      cacheAs(reply, {
        shared: 'public, max-age=5',
        access,
        board: access.hasGrants ? undefined : board,
      });
      return reply.send(historyAnswer(question, request.query.step ?? '1h', points));
    },
  );
  const board = {
    operationId: 'boardHistory',
    tags: ['history'],
    summary: 'A board as it was at a time',
    querystring: BoardHistoryQuery,
    response: { 200: BoardHistorySchema, ...problems(400, 401, 403, 404, 429, 503) },
  };
  app.get<{ Querystring: BoardHistoryQuery }>(
    '/api/v1/trending/history',
    { schema: board },
    async (request, reply) => {
      const { query } = request;
      const access = accessAsked(request, parts);
      const asked = boardAsked(query, parts, access);
      const at = timeAsked(query.at, 'at');
      const found = await parts.history.boardAt({ board: asked, at });
      if (found === undefined) {
        throw problem(404, 'unknown-board', 'No board was published up to that time.');
      }
      const { formula, window, scope } = asked;
      const answer: BoardHistoryAnswer = {
        formula,
        window,
        scope,
        asOf: isoOf(found.asOf),
        items: found.items.map((item) => pastItem(item, parts)),
      };
      cacheAs(reply, { shared: 'public, max-age=5', access, board: asked });
      return reply.send(answer);
    },
  );
}

function questionOf(
  address: string,
  query: HistoryQuery,
  { parts, access }: { readonly parts: GatewayParts; readonly access: BoardAccess },
): HistoryQuestion {
  const token = tokenAsked({ address, chain: query.chain }, parts, access);
  const { window, formula } = boardAsked(
    {
      ...(query.window && { window: query.window }),
      ...(query.formula && { formula: query.formula }),
    },
    parts,
    access,
  );
  const stepMs = steps.get(query.step ?? '1h');
  if (stepMs === undefined) {
    throw problem(
      400,
      'bad-range',
      `No step "${query.step}". Steps: ${[...steps.keys()].join(', ')}.`,
    );
  }
  const to = query.to === undefined ? parts.clock.now() : timeAsked(query.to, 'to');
  const from = query.from === undefined ? to - defaultSpanMs : timeAsked(query.from, 'from');
  const range = {
    from: Math.floor(from / stepMs) * stepMs,
    to: Math.ceil(to / stepMs) * stepMs,
  };
  const count = (range.to - range.from) / stepMs;
  if (count <= 0) throw problem(400, 'bad-range', 'from must be before to.');
  if (count > pointsMax) {
    throw problem(
      400,
      'bad-range',
      `${count} steps asked for, at most ${pointsMax}; use a larger step.`,
    );
  }
  return { token, ...range, stepMs, window, formula };
}

function historyAnswer(
  { token, from, to, window, formula }: HistoryQuestion,
  step: string,
  points: Awaited<ReturnType<GatewayParts['history']['points']>>,
): HistoryAnswer {
  return {
    token,
    step,
    from: isoOf(from),
    to: isoOf(to),
    window,
    formula,
    points: points.map(({ at, ...rest }) => ({ at: isoOf(at), ...rest })),
  };
}

function pastItem(item: BoardAt['items'][number], { directory }: GatewayParts) {
  const known = directory.get(item.token);
  return {
    rank: item.rank,
    token: item.token,
    chain: chainOf(item.token),
    address: addressOf(item.token),
    name: known?.name ?? null,
    symbol: known?.symbol ?? null,
    score: item.scoreMicro / 1_000_000,
    scoreMicro: item.scoreMicro,
    rawViews: item.rawViews,
  };
}
