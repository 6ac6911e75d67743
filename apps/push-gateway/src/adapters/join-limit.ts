import type { IncomingMessage } from 'node:http';
import type { PushMetrics } from './push-metrics.ts';

/** What Engine.IO tells of a connection, whatever namespaces it will join. */
export interface EngineSocket {
  readonly request: IncomingMessage;
  once(event: 'close', listener: () => void): void;
  on(event: 'data', listener: (message: unknown) => void): void;
}

/** One is enough for a client; a few more for one whose token was refused. */
const joinsMax = 20;

/** An attempt to join is cheap to make and answered, in vain too: for a client that does not read, answers would pile up. */
export function limitJoins(connection: EngineSocket, metrics: PushMetrics): void {
  let joins = 0;
  connection.on('data', (message) => {
    // Packet type CONNECT of Socket.IO protocol 5.
    if (typeof message !== 'string' || !message.startsWith('0')) return;
    joins += 1;
    if (joins !== joinsMax + 1) return;
    metrics.closed('socket.io', 'rate-limited');
    connection.request.socket.destroy();
  });
}
