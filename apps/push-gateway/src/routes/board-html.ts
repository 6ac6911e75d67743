import { renderBoard } from '@trending/client/server';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { accessAsked, cacheAs } from './access-asked.ts';
import { boardAsked, versionServed } from './board-question.ts';
import { boardCacheControl, entityTag, matchesTag } from './entity-tag.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problems } from './problems.ts';

const BoardHtmlQuery = Type.Object(
  {
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h' })),
    chain: Type.Optional(Type.String({ maxLength: 64 })),
    category: Type.Optional(Type.String({ maxLength: 64 })),
    scope: Type.Optional(Type.String({ maxLength: 80 })),
    formula: Type.Optional(Type.String({ maxLength: 64 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    tokenBase: Type.Optional(
      Type.String({
        pattern: '^(https?://|/)[^\\s"<>]*$',
        maxLength: 512,
        description: 'Where token links lead, `/<chain>/<address>` is added; default /token here',
      }),
    ),
  },
  { additionalProperties: false },
);
type BoardHtmlQuery = Static<typeof BoardHtmlQuery>;

/** It may do nothing but show, in a frame of any site; its links leave the frame. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none'; frame-ancestors *";
const standalone = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Trending tokens</title><base target="_top"><style>:root{color-scheme:light dark;font:15px/1.4 system-ui,sans-serif}table{width:100%;border-collapse:collapse}caption{text-align:start;font-weight:600;padding:8px}td,th{padding:6px 8px;border-bottom:1px solid #8884;text-align:start;font-weight:400}a{color:inherit}</style>`;

/** GET /embed/v1/board.html, a board as a document for pages without scripts, and board-fragment.html, its table alone, for servers to include. */
export function boardHtmlRoute(app: FastifyInstance, parts: GatewayParts): void {
  const schema = {
    hide: true,
    querystring: BoardHtmlQuery,
    response: { ...problems(400, 401, 403, 404, 429, 503) },
  };
  for (const [path, head] of [
    ['/embed/v1/board.html', standalone],
    ['/embed/v1/board-fragment.html', ''],
  ] as const)
    app.get<{ Querystring: BoardHtmlQuery }>(path, { schema }, (request, reply) => {
      const { query, headers } = request;
      const access = accessAsked(request, parts);
      const version = versionServed(boardAsked(query, parts, access), parts, access);
      const { board, items } = version;
      const tag = entityTag(version);
      reply
        .header('etag', tag)
        .header('content-security-policy', policy)
        // Helmet's word for every document is SAMEORIGIN; links alone leave nothing to be hijacked in a frame.
        .removeHeader('x-frame-options')
        .type('text/html; charset=utf-8');
      const ref = { formula: board.formula.id, window: board.window, scope: board.scope };
      cacheAs(reply, { shared: boardCacheControl, access, board: ref });
      if (matchesTag(headers['if-none-match'], tag)) return reply.code(304).send();
      const shown = items.slice(0, query.limit ?? 20);
      const { tokenBase } = query;
      const html = renderBoard(
        { board: ref, asOf: board.asOf, items: shown },
        tokenBase === undefined ? {} : { tokenBase },
      );
      return reply.send(`${head}${html}`);
    });
}
