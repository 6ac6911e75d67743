import type { ServerResponse } from 'node:http';
import type { CloseReason } from '@trending/schemas';
import { eventName, type SubscribeFrame } from '@trending/schemas';
import type { FastifyReply } from 'fastify';
import type { BoardAccess } from '../domain/board-access.ts';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import type { Connection } from './connection.ts';
import type { TransportSettings } from './web-socket.ts';

/** The browser waits this long before it reconnects by itself. */
const retryMs = 2_000;
/** What a session says when it gives up the one board of a stream. */
const endings: ReadonlySet<string> = new Set(['access-expired', 'unknown-board']);
/** Bytes that do not move for this long mean that nobody reads. */
const unreadMsMax = 10_000;

export interface StreamWish {
  readonly frame: SubscribeFrame;
  readonly access: BoardAccess;
  /** Told once the stream has ended. */
  readonly leave: () => void;
}

/**
 * Streams one board as server-sent events; ends with the client. Frames are written as text made once for all clients, which
 * is why this does not go through a per-client serializer.
 */
export function streamEvents(
  reply: FastifyReply,
  { frame, access, leave }: StreamWish,
  { hub, metrics }: TransportSettings,
): void {
  reply.hijack();
  const response = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // Reverse proxies must not collect events.
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${retryMs}\n\n`);
  const connection = new SseConnection(response, (reason) => metrics.closed('sse', reason));
  const session = hub.open(connection, access);
  response.on('close', () => {
    leave();
    session.end();
  });
  response.on('error', () => session.end());
  session.receive({ ok: true, frame });
}

class SseConnection implements Connection {
  readonly transport = 'sse';
  readonly #response: ServerResponse;
  readonly #onClose: (reason: CloseReason) => void;
  #stuck: { readonly bytes: number; readonly since: number } | undefined;
  #isClosing = false;

  constructor(response: ServerResponse, onClose: (reason: CloseReason) => void) {
    this.#response = response;
    this.#onClose = onClose;
  }

  send(frame: OutgoingFrame): number {
    const event = frame.encoded('sse', eventOf);
    if (this.#response.writableEnded) return 0;
    this.#response.write(event);
    // The one board of the stream is over; the browser asks again, and learns of its token or of the formulas there are.
    if (frame.frame.type === 'error' && endings.has(frame.frame.code)) this.#response.end();
    return event.length;
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  isReading(now: number): boolean {
    const written = this.#response.socket?.bytesWritten ?? 0;
    const waiting = this.#response.writableLength;
    const bytes = written - waiting;
    if (waiting === 0) this.#stuck = undefined;
    else if (this.#stuck?.bytes !== bytes) this.#stuck = { bytes, since: now };
    return this.#stuck === undefined || now - this.#stuck.since < unreadMsMax;
  }

  forgive(now: number): void {
    if (this.#stuck !== undefined) this.#stuck = { ...this.#stuck, since: now };
  }

  close(reason: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#onClose(reason);
    if (reason === 'slow') this.#response.destroy();
    else this.#response.end(`event: bye\ndata: ${JSON.stringify({ reason })}\n\n`);
  }
}

/** Heartbeats and errors carry no id: the last one stays the version the client holds. */
function eventOf({ frame, text }: OutgoingFrame): Buffer {
  const hasVersion = frame.type === 'snapshot' || frame.type === 'delta';
  const id = hasVersion ? `id: ${frame.epoch}:${frame.seq}\n` : '';
  return Buffer.from(`event: ${eventName(frame.type)}\n${id}data: ${text}\n\n`);
}
