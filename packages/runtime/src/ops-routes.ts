import type { FastifyInstance } from 'fastify';
import { type HealthCheck, healthReport } from './health.ts';
import type { Registry } from './metrics.ts';

/** A question of operators, answered in JSON. */
export interface OpsAnswer {
  readonly path: string;
  /** Undefined when this process cannot say: 503. */
  readonly answer: () => unknown;
}

export interface OpsSettings {
  readonly metrics: Registry;
  /** Progress only, never dependencies. */
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  readonly answers?: readonly OpsAnswer[];
}

/** /livez, /readyz (?verbose lists the checks), /metrics, and what else operators may ask. */
export function registerOpsRoutes(app: FastifyInstance, settings: OpsSettings): void {
  const hide = { schema: { hide: true } };
  for (const [path, checks] of [
    ['/livez', settings.live],
    ['/readyz', settings.ready],
  ] as const) {
    app.get<{ Querystring: { verbose?: string } }>(path, hide, async (request, reply) => {
      const report = await healthReport(checks);
      const text = request.query.verbose === undefined && report.ok ? 'ok' : report.text;
      return reply
        .code(report.ok ? 200 : 503)
        .type('text/plain; charset=utf-8')
        .send(`${text}\n`);
    });
  }
  app.get('/metrics', hide, async (_request, reply) =>
    reply.type(settings.metrics.contentType).send(await settings.metrics.metrics()),
  );
  for (const { path, answer } of settings.answers ?? []) {
    app.get(path, hide, async (_request, reply) => {
      const found = answer();
      if (found !== undefined) return reply.header('cache-control', 'no-store').send(found);
      const detail = 'This process does not own what is asked for; ask the others.';
      return reply
        .code(503)
        .type('application/problem+json')
        .send({ type: 'about:blank', title: 'Service Unavailable', status: 503, detail });
    });
  }
}
