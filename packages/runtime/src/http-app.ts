import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { AppError } from './errors.ts';
import type { Logger } from './logger.ts';
import { type Problem, ProblemError, problemOf } from './problem.ts';

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
}

const limits = {
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxRequestsPerSocket: 0,
  http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 8_192 },
};

/** The one HTTP shell: validation by TypeBox, problem+json for every error, security headers, CORS, OpenAPI 3.1 at /docs. */
export async function createHttpApp(settings: HttpAppSettings): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: settings.logger,
    disableRequestLogging: true,
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: settings.trustProxy,
    forceCloseConnections: true,
    ...limits,
  } as Parameters<
    typeof Fastify
  >[0]).withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problemOf(404, 'not-found', `No route ${request.method} ${request.url.split('?')[0] ?? ''}`),
    ),
  );
  await app.register(helmet, {
    contentSecurityPolicy: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  await app.register(cors, {
    origin: settings.allowedOrigins.includes('*') ? '*' : [...settings.allowedOrigins],
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: settings.title, description: settings.description, version: settings.version },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemFrom(error);
  if (problem.status === 500) request.log.error({ err: error, url: request.url }, 'request failed');
  if (error instanceof ProblemError) reply.headers(error.headers);
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  return sendProblem(reply, problem);
}

function problemFrom(error: FastifyError): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof AppError && error.retriable)
    return problemOf(503, 'unavailable', error.message);
  if (error.validation !== undefined) {
    const where = error.validationContext ?? 'request';
    const errors = error.validation.map((v) => ({
      pointer: `${where}${v.instancePath}`,
      detail: v.message ?? 'not valid',
    }));
    return { ...problemOf(400, 'validation', error.message), errors };
  }
  const status = error.statusCode ?? 500;
  if (status >= 500)
    return problemOf(
      status === 503 ? 503 : 500,
      status === 503 ? 'unavailable' : 'internal',
      'The request could not be served; the log has the reason.',
    );
  return problemOf(
    status,
    (error.code ?? 'bad-request')
      .toLowerCase()
      .replace(/^fst_err_/, '')
      .replaceAll('_', '-'),
    error.message,
  );
}

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
