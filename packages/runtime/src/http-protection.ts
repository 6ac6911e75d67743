import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemOf } from './problem.ts';

export interface ProtectionSettings {
  /** Event-loop delay above which requests get 503; 0 = never. */
  readonly eventLoopDelayMaxMs: number;
  /** Requests a minute of one address; of an IPv6 one, of its /64, since a household has all of it. */
  readonly requestsPerMinute: number;
  /** Requests that no limit applies to: callers with a key. */
  isExempt(request: FastifyRequest): boolean;
}

const addressesMax = 50_000;

/**
 * Rate limit per address (`ratelimit-*` headers, 429) and load shedding (503, Retry-After) for every route registered on `app`
 * afterwards. Register health and metrics elsewhere: they must answer under load.
 */
export async function protectRoutes(
  app: FastifyInstance,
  settings: ProtectionSettings,
): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: settings.eventLoopDelayMaxMs,
    // The mean over a second: one long pause, as right after the start, is not overload.
    sampleInterval: 1_000,
    pressureHandler: () => {
      throw new ProblemError(problemOf(503, 'unavailable', 'The service is busy; try again.'), {
        'retry-after': '1',
      });
    },
  });
  await app.register(rateLimit, {
    global: false,
    max: settings.requestsPerMinute,
    timeWindow: 60_000,
    cache: addressesMax,
    enableDraftSpec: true,
    ipv6Subnet: 64,
    errorResponseBuilder: (_request, { ttl }) =>
      new ProblemError(
        problemOf(
          429,
          'rate-limited',
          `Too many requests; try again in ${Math.max(1, Math.ceil(ttl / 1000))} s.`,
        ),
      ),
  });
  const limit = app.rateLimit() as (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  // The limiter's promises are not for those whom it would let pass anyway.
  app.addHook('onRequest', (request, reply, done) =>
    settings.isExempt(request) ? done() : limit(request, reply),
  );
}
