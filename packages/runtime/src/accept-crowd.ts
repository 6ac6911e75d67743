import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface AcceptSettings {
  readonly host: string;
  readonly port: number;
  readonly backlog: number;
}

/**
 * libuv accepts one connection of a listening socket in each turn of the event loop. With turns of some milliseconds a crowd of
 * thousands that comes back at once waits for a minute. So several sockets listen on the port (SO_REUSEPORT; the kernel deals connections among them) and
 * hand what they accept to the one HTTP server, whose limits and timeouts hold for all.
 */
export class AcceptCrowd {
  readonly #server: HttpServer;
  readonly #max: number;
  readonly #siblings: Server[] = [];
  #open = 0;
  #ofSiblings = 0;

  /** `server` listens already, with `reusePort`; its `maxConnections` from now on counts the connections of all. */
  constructor(server: HttpServer) {
    this.#server = server;
    this.#max = server.maxConnections;
    server.on('connection', (socket: Socket) => {
      this.#open += 1;
      socket.once('close', () => {
        this.#open -= 1;
      });
    });
  }

  async listen(count: number, { host, backlog }: AcceptSettings): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    for (let i = 0; i < count; i += 1) {
      const sibling = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        this.#take(socket),
      );
      this.#siblings.push(sibling);
      await listening(sibling, { host, port, backlog, reusePort: true });
    }
  }

  /** No new connections; those that are open are the HTTP server's to end. */
  close(): void {
    for (const sibling of this.#siblings) sibling.close();
  }

  #take(socket: Socket): void {
    if (this.#open >= this.#max) {
      // As the HTTP server itself tells of what it turned away.
      this.#server.emit('drop');
      socket.destroy();
      return;
    }
    this.#count(1);
    socket.once('close', () => this.#count(-1));
    this.#server.emit('connection', socket);
  }

  /** The HTTP server knows only of what it accepted itself. */
  #count(change: 1 | -1): void {
    this.#ofSiblings += change;
    this.#server.maxConnections = Math.max(0, this.#max - this.#ofSiblings);
  }
}

/** Whether the platform lets several sockets listen on one port and nobody else holds it. @throws EADDRINUSE when somebody does: with `reusePort` alone two processes would share the port unnoticed. */
export async function canShare({ host, port, backlog }: AcceptSettings): Promise<boolean> {
  if (port !== 0) {
    const probe = createServer();
    await listening(probe, { host, port, backlog });
    await closed(probe);
  }
  const shared = createServer();
  try {
    await listening(shared, { host, port: 0, backlog, reusePort: true });
    await closed(shared);
    return true;
  } catch {
    return false;
  }
}

function listening(server: Server, options: AcceptSettings & { readonly reusePort?: boolean }) {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
