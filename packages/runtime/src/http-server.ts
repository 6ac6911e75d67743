import Fastify, { type FastifyInstance, type FastifyListenOptions } from 'fastify';
import { AcceptCrowd, canShare } from './accept-crowd.ts';
import type { Part } from './lifecycle.ts';
import { type OpsSettings, registerOpsRoutes } from './ops-routes.ts';

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** Sockets that accept connections, for servers to whom thousands come back at once; default 1. */
  readonly acceptors?: number;
}

/**
 * Connections that wait to be accepted, which happens once in each turn of the event loop. Behind the default of 511 the kernel
 * drops a crowd's first packets, so some clients wait seconds for a repetition and some are reset; it cuts this to somaxconn.
 */
const backlog = 4_096;

/** Listens on start, drains and closes on stop. */
export function httpPart(name: string, app: FastifyInstance, listen: ListenSettings): Part {
  const { host, port, acceptors = 1 } = listen;
  let listening = false;
  let crowd: AcceptCrowd | undefined;
  return {
    name,
    async start() {
      if (listening) return;
      const at = { host, port, backlog };
      const isShared = acceptors > 1 && (await canShare(at));
      const options: FastifyListenOptions & { reusePort: boolean } = { ...at, reusePort: isShared };
      await app.listen(options);
      if (isShared) {
        crowd = new AcceptCrowd(app.server);
        await crowd.listen(acceptors - 1, at);
      }
      listening = true;
    },
    async stop() {
      if (!listening) return;
      listening = false;
      crowd?.close();
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
