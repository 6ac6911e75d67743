import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, LogController, type RouteOptions } from 'fastify';
import { registerErrorsPage } from './errors-page.ts';
import { mendHeadLengths } from './http-head.ts';
import { acceptJson } from './http-parsers.ts';
import { answerClientError, answerError, answerNotFound } from './http-problems.ts';
import type { Logger } from './logger.ts';
import { ProblemError, problemOf } from './problem.ts';

export interface HttpAppSettings {
  readonly logger: Logger;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly bodyLimitBytes: number;
  /** Origins allowed by CORS; `*` alone allows all. */
  readonly allowedOrigins: readonly string[];
  /** Hop count or CIDR list of trusted proxies; false trusts none. Never true. */
  readonly trustProxy: false | number | string;
  /** Longest path parameter, characters; token addresses need more than the default of 100. */
  readonly maxParamLength?: number;
  /** Most open sockets; default 10 000. */
  readonly maxConnections?: number;
  /** Requests before a socket must be opened anew; default 1 000, 0 = no limit. */
  readonly maxRequestsPerSocket?: number;
  /** Which offers to change the protocol somebody takes; all others are passed over. Default: all, once anybody listens for upgrades. */
  readonly takesUpgrade?: (request: IncomingMessage) => boolean;
  /** What closing does to busy sockets: cut them (`all`, default) or let their request finish (`idle`). */
  readonly closeSockets?: 'all' | 'idle';
  /** Parts of the OpenAPI document besides title and version: tags, security schemes. */
  readonly openapi?: Readonly<Record<string, unknown>>;
}

/** What a slow or hostile client may take; each on purpose, none left to Node's defaults. */
const limits = {
  requestTimeout: 10_000,
  // Longer than load balancers keep theirs (60 s as a rule): a socket that the server closes may have a request on its way.
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 8_192 },
};
const maxHeaders = 64;
const helmetSettings = {
  contentSecurityPolicy: false,
  crossOriginResourcePolicy: { policy: 'cross-origin' },
} as const;

/**
 * The one HTTP shell: validation by TypeBox, JSON bodies only, problem+json for every error, security headers, CORS,
 * OpenAPI 3.1 at /openapi.json and /docs, and the page that the problems' types lead to.
 */
export async function createHttpApp(settings: HttpAppSettings): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: settings.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost more than most requests, and next to none of them logs.
    childLoggerFactory: (shared: Logger) => shared,
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: settings.trustProxy,
    // What still arrives on a socket while closing is served like any other, its socket then closed: Fastify's own answer would be
    // no problem document, without Retry-After and CORS.
    return503OnClosing: false,
    forceCloseConnections: settings.closeSockets === 'idle' ? 'idle' : true,
    routerOptions: { maxParamLength: settings.maxParamLength ?? 100 },
    maxRequestsPerSocket: settings.maxRequestsPerSocket ?? 1_000,
    frameworkErrors: answerError,
    clientErrorHandler: answerClientError,
    ...limits,
    http: {
      ...limits.http,
      ...(settings.takesUpgrade && { shouldUpgradeCallback: settings.takesUpgrade }),
    },
  } as Parameters<
    typeof Fastify
  >[0]).withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
  app.server.maxConnections = settings.maxConnections ?? 10_000;
  app.server.maxHeadersCount = maxHeaders;
  // The crowd at the door comes before sockets that nobody uses.
  app.server.on('drop', () => app.server.closeIdleConnections());
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  acceptJson(app);
  mendHeadLengths(app);
  await addHeaders(app, settings.allowedOrigins);
  await addDocs(app, settings);
  return app;
}

/** Those of Helmet's headers that mean something on JSON; the others are for documents and cost on every small answer. */
const dataHeaders = new Set([
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'cross-origin-resource-policy',
]);

/** Helmet builds its headers anew for every request; they never differ, so they are taken once from a throw-away app. */
async function addHeaders(app: FastifyInstance, allowedOrigins: readonly string[]): Promise<void> {
  const probe = Fastify();
  await probe.register(helmet, helmetSettings);
  probe.get('/', (_request, reply) => reply.code(204).send());
  const { headers } = await probe.inject('/');
  await probe.close();
  const { connection: _, date: __, 'keep-alive': ___, ...security } = headers;
  const forData = Object.fromEntries(
    Object.entries(security).filter(([name]) => dataHeaders.has(name)),
  );
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/api/') ? forData : security);
    done(headersProblem(request.raw.rawHeaders));
  });
  await app.register(cors, {
    origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: [
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'etag',
    ],
    maxAge: 600,
    // OPTIONS without the headers of a preflight is answered like one; a text/plain 400 would be no problem document.
    strictPreflight: false,
  });
}

const single = ['host', 'authorization'];

/**
 * The parser drops headers beyond its limit, and repeated ones, without a word; another server on the way may have gone by those.
 * @param raw names and values in turn
 */
function headersProblem(raw: readonly string[]): ProblemError | undefined {
  if (raw.length >= 2 * maxHeaders) {
    const detail = `The request has ${maxHeaders} headers or more.`;
    return new ProblemError(problemOf(431, 'headers-too-large', detail));
  }
  const doubled = single.find((name) => isRepeated(raw, name));
  if (doubled === undefined) return undefined;
  return new ProblemError(problemOf(400, 'bad-request', `The header ${doubled} stands twice.`));
}

function isRepeated(raw: readonly string[], name: string): boolean {
  let times = 0;
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.length === name.length && raw[at]?.toLowerCase() === name) times += 1;
  return times > 1;
}

async function addDocs(app: FastifyInstance, settings: HttpAppSettings): Promise<void> {
  await app.register(swagger, {
    openapi: {
      ...settings.openapi,
      openapi: '3.1.0',
      info: { title: settings.title, description: settings.description, version: settings.version },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await registerErrorsPage(app);
}

/**
 * Lets known paths answer other methods with 405 and `Allow` instead of 404. Call {@link MethodGuard.close} after the last route.
 */
export interface MethodGuard {
  close(): void;
}

export function guardMethods(app: FastifyInstance): MethodGuard {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', (route: RouteOptions) => {
    const known = methodsByUrl.get(route.url) ?? new Set<string>();
    for (const method of [route.method].flat()) known.add(method);
    methodsByUrl.set(route.url, known);
  });
  return {
    close() {
      for (const [url, known] of [...methodsByUrl]) {
        const method = app.supportedMethods.filter(
          (name) => !known.has(name) && name !== 'OPTIONS',
        );
        const allow = [...known].sort().join(', ');
        app.route({
          method,
          url,
          schema: { hide: true },
          // Before the body is read, whatever it is.
          preParsing: async ({ method: asked }) => {
            const detail = `${asked} is not for ${url}: ${allow}`;
            throw new ProblemError(problemOf(405, 'method-not-allowed', detail), { allow });
          },
          handler: answerNotFound,
        });
      }
    },
  };
}
