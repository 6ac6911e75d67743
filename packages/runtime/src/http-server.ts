import Fastify, { type FastifyInstance } from 'fastify';
import type { Part } from './lifecycle.ts';
import { type OpsSettings, registerOpsRoutes } from './ops-routes.ts';

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
}

/**
 * Connections that wait to be accepted, which happens once in each turn of the event loop. Behind the default of 511 the kernel
 * drops a crowd's first packets, so some clients wait seconds for a repetition and some are reset; it cuts this to somaxconn.
 */
const backlog = 4_096;

/** Listens on start, drains and closes on stop. */
export function httpPart(name: string, app: FastifyInstance, listen: ListenSettings): Part {
  let listening = false;
  return {
    name,
    async start() {
      if (listening) return;
      await app.listen({ host: listen.host, port: listen.port, backlog });
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
