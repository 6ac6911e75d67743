import type { FastifyInstance } from 'fastify';
import { type HealthCheck, healthReport } from './health.ts';
import type { Registry } from './metrics.ts';

export interface OpsSettings {
  readonly metrics: Registry;
  /** Progress only, never dependencies. */
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/** /livez, /readyz (?verbose lists the checks) and /metrics. */
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
}
