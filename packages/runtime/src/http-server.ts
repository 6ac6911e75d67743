import Fastify, { type FastifyInstance } from 'fastify';
import type { Part } from './lifecycle.ts';
import { type OpsSettings, registerOpsRoutes } from './ops-routes.ts';

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
}

/** Listens on start, drains and closes on stop. */
export function httpPart(name: string, app: FastifyInstance, listen: ListenSettings): Part {
  let listening = false;
  return {
    name,
    async start() {
      if (listening) return;
      await app.listen({ host: listen.host, port: listen.port });
      listening = true;
    },
    async stop() {
      if (!listening) return;
      listening = false;
      await app.close();
    },
  };
}

/** A small server for health and metrics on a port of its own. */
export function opsServer(settings: OpsSettings & ListenSettings): Part {
  const app = Fastify({ logger: false });
  registerOpsRoutes(app, settings);
  return httpPart('ops', app, settings);
}
