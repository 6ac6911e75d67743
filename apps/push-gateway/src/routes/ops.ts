import type { FastifyInstance } from 'fastify';
import type { OpsStatus } from '../ops-status.ts';

/** What /ops shows: services, and where every record of each partition went. */
export function opsStatusRoute(
  app: FastifyInstance,
  probe: { status(): Promise<OpsStatus> },
): void {
  app.get('/ops/status.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(await probe.status()),
  );
}
