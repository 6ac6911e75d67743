import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyListenOptions } from 'fastify';
import { AcceptCrowd, canShare } from './accept-crowd.ts';
import type { Part } from './lifecycle.ts';
import { type OpsSettings, registerOpsRoutes } from './ops-routes.ts';

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** Sockets that accept connections, for servers to whom thousands come back at once; default 1. */
  readonly acceptors?: number;
  /** Time that requests have to end in when stopping, ms; then their sockets are cut. Default 10 000: as long as a request may take to arrive. */
  readonly closeWithinMs?: number;
}

/**
 * Connections that wait to be accepted, which happens once in each turn of the event loop. Behind the default of 511 the kernel
 * drops a crowd's first packets, so some clients wait seconds for a repetition and some are reset; it cuts this to somaxconn.
 */
const backlog = 4_096;
/** How often idle sockets are looked for while closing, ms. */
const sweepMs = 100;

/** Listens on start; on stop takes no more connections, lets requests end, and ends within `closeWithinMs`. */
export function httpPart(name: string, app: FastifyInstance, listen: ListenSettings): Part {
  const { host, port, acceptors = 1, closeWithinMs = 10_000 } = listen;
  let listening = false;
  let crowd: AcceptCrowd | undefined;
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
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
      await closeWithin({ app, sockets, limitMs: closeWithinMs });
    },
  };
}

interface Closing {
  readonly app: FastifyInstance;
  /** All that are open, those too that are no longer HTTP's and that the server itself would wait for. */
  readonly sockets: ReadonlySet<Socket>;
  readonly limitMs: number;
}

/**
 * Closing ends sockets that are idle at that moment only. One that answers a request just then would be kept until its keep-alive
 * ends, and one that never sends a whole request for ever: while a server closes, Node no longer looks for those that are too slow.
 */
async function closeWithin({ app, sockets, limitMs }: Closing): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => {
    app.log.warn({ limitMs, sockets: sockets.size }, 'sockets that did not end in time are cut');
    for (const socket of sockets) socket.destroy();
  }, limitMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/** A small server for health and metrics on a port of its own. */
export function opsServer(settings: OpsSettings & ListenSettings): Part {
  const app = Fastify({ logger: false });
  registerOpsRoutes(app, settings);
  return httpPart('ops', app, settings);
}
