import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import fastifyWebsocket, { type WebSocket } from '@fastify/websocket';
import type { Clock } from '@trending/runtime';
import type { CloseReason } from '@trending/schemas';
import type { FastifyInstance } from 'fastify';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import { clientFrameBytesMax, parseClientText } from '../protocol.ts';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import type { OriginRule } from './origin-rule.ts';
import type { PushMetrics } from './push-metrics.ts';
import { textFrame } from './ws-frame.ts';

export interface TransportSettings {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly metrics: PushMetrics;
  readonly origins: OriginRule;
}

/** RFC 6455 close codes by reason: try again later, policy violation, going away. */
const closeCodes: Readonly<Record<CloseReason, number>> = {
  slow: 1013,
  'rate-limited': 1008,
  shutdown: 1001,
};

/** A peer that does not answer the close within this time is cut. */
const closeGraceMs = 1_000;
/** A ping unanswered for this long means that nothing before it was read either. */
const unreadMsMax = 10_000;

/** `WS /ws/trending`: one JSON frame per text message, both ways. */
export async function registerWebSocket(
  app: FastifyInstance,
  settings: TransportSettings,
): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: {
      // The plugin takes every upgrade of its server; Socket.IO lives on the same one. So it gets an emitter of its own.
      server: otherUpgrades(app.server),
      maxPayload: clientFrameBytesMax,
      perMessageDeflate: false,
      clientTracking: true,
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  app.get('/ws/trending', { websocket: true, schema: { hide: true } }, (socket, request) => {
    if (!settings.origins.allows(request.headers.origin)) {
      socket.close(1008, 'origin not allowed');
      return;
    }
    serveSocket(socket, settings);
  });
}

function serveSocket(socket: WebSocket, { hub, clock, metrics }: TransportSettings): void {
  const connection = new WebSocketConnection(socket, { clock, metrics });
  const session = hub.open(connection);
  socket.on('message', (data, isBinary) => {
    session.receive(parseClientText(isBinary || !Buffer.isBuffer(data) ? '' : data.toString()));
  });
  socket.on('close', () => {
    connection.closed();
    session.end();
  });
}

function otherUpgrades(server: Server): Server {
  const upgrades = new EventEmitter();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    if (!request.url?.startsWith('/socket.io/')) upgrades.emit('upgrade', request, socket, head);
  });
  return upgrades as Server;
}

/** What ws keeps for writing a frame that was made before; Socket.IO uses the same door. */
interface FrameSender {
  sendFrame(list: readonly Buffer[]): void;
}

class WebSocketConnection implements Connection {
  readonly transport = 'websocket';
  readonly #socket: WebSocket;
  readonly #settings: Pick<TransportSettings, 'clock' | 'metrics'>;
  readonly #sender: FrameSender | undefined;
  #pingedAt: number | undefined;
  #cut: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, settings: Pick<TransportSettings, 'clock' | 'metrics'>) {
    this.#socket = socket;
    this.#settings = settings;
    const { _sender: sender } = socket as unknown as { readonly _sender?: Partial<FrameSender> };
    this.#sender = typeof sender?.sendFrame === 'function' ? (sender as FrameSender) : undefined;
    socket.on('pong', () => {
      this.#pingedAt = undefined;
    });
  }

  send(frame: OutgoingFrame): number {
    const packet = frame.encoded('websocket', ({ text }) => textFrame(text));
    if (this.#socket.readyState !== this.#socket.OPEN) return 0;
    if (this.#sender !== undefined) this.#sender.sendFrame([packet]);
    else this.#socket.send(frame.text);
    return packet.length;
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  isReading(now: number): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    if (this.#pingedAt !== undefined) return now - this.#pingedAt < unreadMsMax;
    this.#pingedAt = now;
    this.#socket.ping();
    return true;
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
