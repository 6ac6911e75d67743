import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { defaultFormula, windowNames } from '@trending/schemas';
import type { PageConfigAnswer } from '@trending/schemas/http/tokens';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { asyncApiRoute } from './asyncapi.ts';
import { defaultWindow } from './board-question.ts';
import type { GatewayParts } from './gateway-parts.ts';

export interface PageSettings {
  /** Folder of the built page. */
  readonly root: string;
  readonly demoUrl: string | null;
  /** Base URL of the producer-api, as browsers reach it. */
  readonly publishUrl: string | null;
  readonly version: string;
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Page not built</title>
<h1>The page is not built yet</h1>
<p>Run <code>npm run build:page</code> in the checkout, then reload. The API works without it: see <a href="/docs">/docs</a>.</p>
`;

/** The live page, its assets, the embed script, and what they must know of the service. */
export async function pageRoutes(
  app: FastifyInstance,
  settings: PageSettings,
  parts: GatewayParts,
): Promise<void> {
  await app.register(fastifyStatic, { root: settings.root, serve: false });
  const hide = { schema: { hide: true } };
  const policy = contentPolicy(settings.demoUrl);
  const document = (name: string) => (_request: unknown, reply: FastifyReply) => {
    reply.header('content-security-policy', policy).header('cache-control', 'no-cache');
    if (!existsSync(join(settings.root, name))) {
      return reply
        .code(503)
        .header('retry-after', '5')
        .type('text/html; charset=utf-8')
        .send(notBuilt);
    }
    return reply.sendFile(name, { cacheControl: false });
  };
  app.get('/', hide, document('index.html'));
  app.get('/token/*', hide, document('token.html'));
  app.get('/ops', hide, document('ops.html'));
  app.get('/compare', hide, document('compare.html'));
  app.get('/developers', hide, document('developers.html'));
  serveFolder(app, 'assets', { maxAge: '365d', immutable: true });
  serveFolder(app, 'embed/v1', { maxAge: '5m' });
  asyncApiRoute(app, settings.version);
  app.get('/config.json', hide, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(configAnswer(settings, parts)),
  );
}

function serveFolder(
  app: FastifyInstance,
  folder: string,
  caching: { readonly maxAge: string; readonly immutable?: boolean },
): void {
  app.get<{ Params: { file: string } }>(
    `/${folder}/:file`,
    { schema: { hide: true } },
    (request, reply) => {
      // Scripts for other sites' pages load from anywhere: then the element itself can say that its site is not allowed.
      if (folder.startsWith('embed/')) reply.header('access-control-allow-origin', '*');
      return reply.sendFile(`${folder}/${request.params.file}`, caching);
    },
  );
}

function configAnswer(
  { demoUrl, publishUrl, version }: PageSettings,
  { shelf }: Pick<GatewayParts, 'shelf'>,
): PageConfigAnswer {
  return {
    demoUrl,
    publishUrl,
    version,
    windows: [...windowNames],
    formulas: [...shelf.formulas()],
    defaultFormula,
    defaultWindow,
  };
}

/** Scripts and styles from here only; logos from any https host; the sockets and the demo's control server may be talked to. */
function contentPolicy(demoUrl: string | null): string {
  const demo = demoUrl === null ? '' : ` ${new URL(demoUrl).origin}`;
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    `connect-src 'self' ws: wss:${demo}`,
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}
