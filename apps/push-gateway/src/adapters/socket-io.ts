import type { Server as HttpServer } from 'node:http';
import type { Part } from '@trending/runtime';
import {
  type ClientEvents,
  type CloseReason,
  eventName,
  type ServerEvents,
} from '@trending/schemas';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import { clientFrameBytesMax, parseClientFrame } from '../protocol.ts';
import type { Connection } from './connection.ts';
import type { TransportSettings } from './web-socket.ts';
import { textFrame } from './ws-frame.ts';

type TrendingSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, unknown>;

/** Long enough for a page in the background, short enough that a client which reads nothing is gone within 20 s. */
const ping = { pingInterval: 10_000, pingTimeout: 10_000 };

/**
 * Socket.IO at namespace `/trending`, WebSocket transport only (so any instance can serve any client), default parser.
 */
export function attachSocketIo(server: HttpServer, settings: TransportSettings): Part {
  const io = new Server<ClientEvents, ServerEvents>(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: clientFrameBytesMax,
    connectTimeout: 5_000,
    destroyUpgrade: false,
    allowRequest: (request, answer) => {
      const allowed = settings.origins.allows(request.headers.origin);
      answer(allowed ? null : 'origin not allowed', allowed);
    },
    ...ping,
  });
  io.of('/trending').on('connection', (socket: TrendingSocket) => serveSocket(socket, settings));
  return {
    name: 'socket.io',
    start: async () => undefined,
    // The HTTP server belongs to the app: it is closed there, only the engine's sockets here.
    stop: async () => {
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

function serveSocket(socket: TrendingSocket, { hub, metrics }: TransportSettings): void {
  const connection = new SocketIoConnection(socket, (reason) =>
    metrics.closed('socket.io', reason),
  );
  const session = hub.open(connection);
  for (const type of ['subscribe', 'unsubscribe'] as const) {
    socket.on(type, (payload: unknown) => {
      const plain = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
      session.receive(parseClientFrame(plain ? { type, ...payload } : payload));
    });
  }
  socket.onAny((event: string, payload: unknown) => {
    if (event !== 'subscribe' && event !== 'unsubscribe')
      session.receive(parseClientFrame({ unknown: payload !== undefined }));
  });
  socket.on('error', () => undefined);
  socket.on('disconnect', (reason) => {
    // Nobody answers there: a closing handshake would only keep the buffers for half a minute.
    if (reason === 'ping timeout') socket.request.socket.destroy();
    session.end();
  });
}

interface Packet {
  /** The Engine.IO message: EVENT packet of Socket.IO protocol 5. */
  readonly message: string;
  /** The same as a finished WebSocket frame. */
  readonly wsPreEncodedFrame: readonly Buffer[];
  readonly bytes: number;
}

/**
 * Writes the shared packet straight to the connection, as the library's own broadcast does. Rooms would encode once too, but
 * they cannot leave out the sockets that do not drain, nor yield between slices.
 */
class SocketIoConnection implements Connection {
  readonly transport = 'socket.io';
  readonly #socket: TrendingSocket;
  readonly #onClose: (reason: CloseReason) => void;
  /** Sizes of packets the kernel has not taken yet, oldest first. */
  readonly #pending: number[] = [];
  #pendingBytes = 0;
  #isClosing = false;

  constructor(socket: TrendingSocket, onClose: (reason: CloseReason) => void) {
    this.#socket = socket;
    this.#onClose = onClose;
  }

  send(frame: OutgoingFrame): number {
    const packet = frame.encoded('socket.io', packetOf);
    if (!this.#socket.connected) return 0;
    this.#pending.push(packet.bytes);
    this.#pendingBytes += packet.bytes;
    const options = { compress: false, wsPreEncodedFrame: packet.wsPreEncodedFrame };
    this.#socket.conn.write(packet.message, options, this.#taken);
    return packet.bytes;
  }

  bufferedBytes(): number {
    return this.#pendingBytes;
  }

  /** Engine.IO's own ping finds those. */
  isReading(): boolean {
    return true;
  }

  close(reason: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#onClose(reason);
    if (reason === 'slow') {
      // It would not read a farewell either, and waiting for the flush would keep its buffers.
      this.#socket.request.socket.destroy();
      return;
    }
    this.#socket.emit('bye', { reason });
    this.#socket.conn.close();
  }

  readonly #taken = (): void => {
    this.#pendingBytes -= this.#pending.shift() ?? 0;
  };
}

function packetOf(frame: OutgoingFrame): Packet {
  const message = `2/trending,["${eventName(frame.frame.type)}",${frame.text}]`;
  // "4" is the Engine.IO packet type "message".
  const wire = textFrame(`4${message}`);
  return { message, wsPreEncodedFrame: [wire], bytes: wire.length };
}
