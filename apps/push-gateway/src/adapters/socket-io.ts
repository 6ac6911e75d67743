import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Part } from '@trending/runtime';
import {
  type ClientEvents,
  type CloseReason,
  eventName,
  type ServerEvents,
} from '@trending/schemas';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import type { BoardAccess } from '../domain/board-access.ts';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import { clientFrameBytesMax, parseClientFrame } from '../protocol.ts';
import type { Connection } from './connection.ts';
import { type FrameSender, frameSenderOf } from './frame-sender.ts';
import { type EngineSocket, limitJoins } from './join-limit.ts';
import { ReadProof } from './read-proof.ts';
import { tokenSent } from './token-sent.ts';
import type { ConnectionSettings, TransportSettings } from './web-socket.ts';
import { textFrame, type WirePacket, wirePacket } from './ws-frame.ts';

interface SocketData {
  access?: BoardAccess;
}

type TrendingSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;

const unsupported = 'Unsupported protocol version: use socket.io-client 3 or 4.';

/**
 * From the upgrade to the namespace. When thousands come back at once their packets wait to be read for many seconds: who is cut for it
 * comes again, and the crowd never ends. How many may wait is bounded per address before the upgrade.
 */
const joinWithinMs = 30_000;
/**
 * The engine's own ping is for clients that hold no board: every pong, to ours too, puts it off. Its interval and timeout together
 * are how long a client waits for a word from here.
 */
const ping = { pingInterval: 10_000, pingTimeout: 10_000 };

/**
 * Socket.IO at namespace `/trending`, WebSocket transport only (so any instance can serve any client), default parser.
 */
export function attachSocketIo(server: HttpServer, settings: TransportSettings): Part {
  const io = new Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: clientFrameBytesMax,
    connectTimeout: joinWithinMs,
    destroyUpgrade: false,
    allowRequest: (request, answer) => {
      const problem = problemOf(request, settings);
      answer(problem, problem === undefined);
    },
    ...ping,
  });
  io.engine.on('connection', (connection: EngineSocket) => {
    connection.once('close', settings.door.enter(connection.request));
    limitJoins(connection, settings.metrics);
  });
  // Whoever joined it would be served nothing, and looked after by nobody.
  io.use((_socket, next) => next(new Error('Boards are in the namespace /trending.')));
  const boards = io.of('/trending');
  boards.use((socket: TrendingSocket, next) => next(refused(socket, settings)));
  boards.on('connection', (socket: TrendingSocket) => serveSocket(socket, settings));
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

/** Why the upgrade is refused. Never throws: in a listener of the server that would be the end of the process. */
function problemOf(request: IncomingMessage, { door }: TransportSettings): string | undefined {
  // The engine itself would find out only after the upgrade.
  if (!/[?&]EIO=4(&|$)/.test(request.url ?? '')) return unsupported;
  try {
    return door.refusal(request)?.detail;
  } catch {
    return 'The request cannot be understood.';
  }
}

/** Why the token sent is not valid, as the client's connect_error says it. */
function refused(socket: TrendingSocket, { keeper, clock }: TransportSettings): Error | undefined {
  const { auth } = socket.handshake;
  const given: unknown = auth['token'];
  const token = typeof given === 'string' ? given : tokenSent(socket.request);
  const admission = keeper.admit(token, clock.now());
  if (!admission.ok) return new Error(admission.reason);
  socket.data.access = admission.access;
  return undefined;
}

function serveSocket(
  socket: TrendingSocket,
  { hub, keeper, metrics, stopwatch, turns }: TransportSettings,
): void {
  const connection = new SocketIoConnection(socket, { metrics, stopwatch, turns });
  const session = hub.open(connection, socket.data.access ?? keeper.everybody);
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
    if (reason === 'ping timeout') {
      metrics.closed('socket.io', 'slow');
      socket.request.socket.destroy();
    }
    // Without a session nobody would look after the connection.
    if (reason === 'client namespace disconnect') socket.conn.close();
    connection.left();
    session.end();
  });
}

interface PacketOptions {
  readonly compress: false;
  /** The packet as a finished WebSocket frame. */
  readonly wsPreEncodedFrame: readonly Buffer[];
}

interface Packet {
  /** The Engine.IO message: EVENT packet of Socket.IO protocol 5. */
  readonly message: string;
  readonly options: PacketOptions;
  readonly wire: WirePacket;
}

/** What the engine keeps of packets it could not hand on yet; its types leave this out. */
interface EngineConnection {
  readonly readyState: string;
  sendPacket?(type: 'ping'): void;
  readonly writeBuffer: readonly { readonly options?: Partial<PacketOptions> }[];
  readonly transport: {
    /** False from a write until the kernel has all of it. */
    readonly writable: boolean;
    /** The WebSocket. */
    readonly socket?: { readonly bufferedAmount: number };
  };
}

/**
 * Writes the shared packet past the engine, as a finished WebSocket frame, which takes a fifth less CPU than the library's own broadcast;
 * while the engine holds packets back, through it, so that the order stays. Rooms could not leave out the sockets that do not
 * drain, nor yield between slices.
 */
class SocketIoConnection implements Connection {
  readonly transport = 'socket.io';
  readonly #socket: TrendingSocket;
  readonly #settings: ConnectionSettings;
  readonly #proof: ReadProof;
  readonly #engine: EngineConnection;
  readonly #sender: FrameSender | undefined;
  readonly #onHeartbeat = () => this.#proof.answered();
  #isClosing = false;

  constructor(socket: TrendingSocket, settings: ConnectionSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#proof = new ReadProof(settings.stopwatch.now(), settings.turns.next());
    this.#engine = socket.conn as unknown as EngineConnection;
    this.#sender = frameSenderOf(this.#engine.transport.socket);
    socket.conn.on('heartbeat', this.#onHeartbeat);
  }

  /** The namespace was left; the engine's connection may live on, and must not keep this one. */
  left(): void {
    this.#socket.conn.off('heartbeat', this.#onHeartbeat);
  }

  send(frame: OutgoingFrame): number {
    const packet = frame.encoded('socket.io', packetOf);
    if (!this.#socket.connected) return 0;
    if (this.#sender === undefined || !this.#engineIsIdle())
      this.#socket.conn.write(packet.message, packet.options);
    else if (this.#proof.takesPing(this.#settings.stopwatch.now()))
      this.#sender.sendFrame(packet.wire.withPing);
    else this.#sender.sendFrame(packet.wire.alone);
    return packet.wire.bytes;
  }

  #engineIsIdle(): boolean {
    const { readyState, transport, writeBuffer } = this.#engine;
    return readyState === 'open' && transport.writable && writeBuffer.length === 0;
  }

  bufferedBytes(): number {
    const { transport, writeBuffer } = this.#engine;
    let bytes = transport.socket?.bufferedAmount ?? 0;
    for (const { options } of writeBuffer) bytes += options?.wsPreEncodedFrame?.[0]?.length ?? 0;
    return bytes;
  }

  isReading(now: number): boolean {
    if (!this.#socket.connected) return true;
    return this.#proof.check(now, () => this.#engine.sendPacket?.('ping'));
  }

  forgive(now: number): void {
    this.#proof.forgive(now);
  }

  close(reason: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#settings.metrics.closed(this.transport, reason);
    if (reason === 'slow') {
      // It would not read a farewell either, and waiting for the flush would keep its buffers.
      this.#socket.request.socket.destroy();
      return;
    }
    this.#socket.emit('bye', { reason });
    this.#socket.conn.close();
  }
}

/** Engine.IO's packet type "ping": the client answers with a pong. */
const pingFrame = textFrame('2');

function packetOf(frame: OutgoingFrame): Packet {
  const message = `2/trending,["${eventName(frame.frame.type)}",${frame.text}]`;
  // "4" is the Engine.IO packet type "message".
  const wire = wirePacket(textFrame(`4${message}`), pingFrame);
  return { message, options: { compress: false, wsPreEncodedFrame: wire.alone }, wire };
}
