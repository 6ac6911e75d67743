import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import fastifyWebsocket, { type WebSocket } from '@fastify/websocket';
import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import type { CloseReason } from '@trending/schemas';
import type { FastifyInstance } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import { clientFrameBytesMax, parseClientText } from '../protocol.ts';
import type { AccessKeeper } from './access-keeper.ts';
import type { Connection } from './connection.ts';
import { type Doorkeeper, refusalProblem } from './doorkeeper.ts';
import { type FrameSender, frameSenderOf } from './frame-sender.ts';
import type { Hub } from './hub.ts';
import type { PushMetrics } from './push-metrics.ts';
import { type PingTurns, ReadProof } from './read-proof.ts';
import { subprotocol, tokenSent } from './token-sent.ts';
import { textFrame, type WirePacket, wirePacket } from './ws-frame.ts';

export interface TransportSettings {
  readonly hub: Hub;
  readonly clock: Clock;
  /** Counts ms, and is never put forward or back. */
  readonly stopwatch: Clock;
  readonly metrics: PushMetrics;
  readonly door: Doorkeeper;
  readonly keeper: AccessKeeper;
  /** Of all connections, whatever they came on. */
  readonly turns: PingTurns;
}

/** What a connection of either library needs of them. */
export type ConnectionSettings = Pick<TransportSettings, 'stopwatch' | 'metrics' | 'turns'>;

const path = '/ws/trending';
const socketIoPath = '/socket.io/';

/**
 * Offers that somebody here takes up. All others are passed over (RFC 9110, section 7.8): Java's HttpClient offers h2c with every
 * request, and wants its answer.
 */
export function isUpgradeTaken({
  headers,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return false;
  return url.split('?')[0] === path || url.startsWith(socketIoPath);
}

/** RFC 6455 close codes by reason: try again later, policy violation, going away. */
const closeCodes: Readonly<Record<CloseReason, number>> = {
  slow: 1013,
  'rate-limited': 1008,
  shutdown: 1001,
};

/** A peer that does not answer the close within this time is cut. */
const closeGraceMs = 1_000;
/** A ping without a payload, RFC 6455, section 5.5.2. */
const pingFrame = Buffer.from([0x89, 0x00]);

/** `WS /ws/trending`: one JSON frame per text message, both ways. */
export async function registerWebSocket(
  app: FastifyInstance,
  settings: TransportSettings,
): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: {
      ...frameRules(clientFrameBytesMax),
      // The plugin takes every upgrade of its server; Socket.IO lives on the same one. So it gets an emitter of its own.
      server: otherUpgrades(app.server),
      clientTracking: true,
      // Without a choice of ours ws would echo the first one offered, which may be the token.
      handleProtocols: (offered: ReadonlySet<string>) => offered.has(subprotocol) && subprotocol,
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  const admitted = new WeakMap<IncomingMessage, BoardAccess>();
  app.route({
    method: 'GET',
    url: path,
    schema: { hide: true },
    // Before the upgrade: who is not welcome gets an HTTP answer with the reason, and no socket.
    preValidation: async ({ raw }) => {
      if (!isUpgradeTaken(raw)) throw upgradeNeeded();
      admitted.set(raw, admit(raw, settings));
    },
    handler: () => {
      throw upgradeNeeded();
    },
    wsHandler: (socket, { raw }) => {
      const access = admitted.get(raw) ?? settings.keeper.everybody;
      serveSocket(socket, { access, leave: settings.door.enter(raw) }, settings);
    },
  });
}

function upgradeNeeded(): ProblemError {
  const detail = `${path} is for WebSockets: Connection: Upgrade, Upgrade: websocket. A proxy in front must pass both on.`;
  const headers = { upgrade: 'websocket', connection: 'Upgrade' };
  return new ProblemError(problemOf(426, 'upgrade-required', detail), headers);
}

/** How ws reads frames; the conformance suites measure a server with the same rules. */
export function frameRules(messageBytesMax: number) {
  return { maxPayload: messageBytesMax, perMessageDeflate: false } as const;
}

/** @throws ProblemError 401, 403 or 429. */
function admit(request: IncomingMessage, { door, keeper, clock }: TransportSettings): BoardAccess {
  const refusal = door.refusal(request);
  if (refusal !== undefined) throw refusalProblem(refusal);
  const admission = keeper.admit(tokenSent(request), clock.now());
  if (admission.ok) return admission.access;
  throw new ProblemError(
    problemOf(401, admission.reason, 'The access token is not valid; get a new one.'),
    { 'www-authenticate': 'Bearer' },
  );
}

interface Guest {
  readonly access: BoardAccess;
  /** Told once the connection has ended. */
  readonly leave: () => void;
}

function serveSocket(
  socket: WebSocket,
  { access, leave }: Guest,
  { hub, stopwatch, metrics, turns }: TransportSettings,
): void {
  const connection = new WebSocketConnection(socket, { stopwatch, metrics, turns });
  const session = hub.open(connection, access);
  socket.on('message', (data, isBinary) => {
    session.receive(parseClientText(isBinary || !Buffer.isBuffer(data) ? '' : data.toString()));
  });
  socket.on('close', () => {
    leave();
    connection.closed();
    session.end();
  });
}

function otherUpgrades(server: Server): Server {
  const upgrades = new EventEmitter();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    if (!request.url?.startsWith(socketIoPath)) upgrades.emit('upgrade', request, socket, head);
  });
  return upgrades as Server;
}

class WebSocketConnection implements Connection {
  readonly transport = 'websocket';
  readonly #socket: WebSocket;
  readonly #settings: ConnectionSettings;
  readonly #sender: FrameSender | undefined;
  readonly #proof: ReadProof;
  #cut: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, settings: ConnectionSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#proof = new ReadProof(settings.stopwatch.now(), settings.turns.next());
    this.#sender = frameSenderOf(socket);
    socket.on('pong', () => this.#proof.answered());
  }

  send(frame: OutgoingFrame): number {
    const packet = frame.encoded('websocket', packetOf);
    if (this.#socket.readyState !== this.#socket.OPEN) return 0;
    if (this.#sender === undefined) this.#socket.send(frame.text);
    else if (this.#proof.takesPing(this.#settings.stopwatch.now()))
      this.#sender.sendFrame(packet.withPing);
    else this.#sender.sendFrame(packet.alone);
    return packet.bytes;
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  isReading(now: number): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    return this.#proof.check(now, () => this.#socket.ping());
  }

  forgive(now: number): void {
    this.#proof.forgive(now);
  }

  close(reason: CloseReason): void {
    if (this.#cut !== undefined) return;
    this.#settings.metrics.closed(this.transport, reason);
    this.#socket.close(closeCodes[reason], reason);
    this.#cut = setTimeout(() => this.#socket.terminate(), closeGraceMs);
  }

  closed(): void {
    clearTimeout(this.#cut);
  }
}

function packetOf({ text }: OutgoingFrame): WirePacket {
  return wirePacket(textFrame(text), pingFrame);
}
