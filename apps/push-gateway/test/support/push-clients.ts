import { get } from 'node:http';
import type {
  BoardRef,
  ErrorFrame,
  FrameItem,
  ServerFrame,
  SubscribeFrame,
} from '@trending/schemas';
import { applyDelta, boardChecksum } from '@trending/schemas';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

type Subscribe = Omit<SubscribeFrame, 'type'>;

/** A client that remembers every frame; each is handed out once, in order. */
export interface PushClient {
  subscribe(wish: Subscribe): void;
  unsubscribe(board: BoardRef): void;
  /** Sends anything at all. */
  sendRaw(value: unknown): void;
  /** The next frame, whatever it is. */
  next(): Promise<ServerFrame>;
  /** Frames that came and were not asked for yet. */
  readonly waiting: readonly ServerFrame[];
  /** Why the connection ended. */
  readonly ended: Promise<string>;
  /** Stops reading from the network, as a frozen page does. */
  freeze(): void;
  close(): void;
}

export interface PushTransport {
  readonly name: string;
  connect(url: string): Promise<PushClient>;
}

class Inbox {
  readonly waiting: ServerFrame[] = [];
  readonly #asked: ((frame: ServerFrame) => void)[] = [];
  readonly ended: Promise<string>;
  end: (reason: string) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  take(frame: ServerFrame): void {
    const asked = this.#asked.shift();
    if (asked === undefined) this.waiting.push(frame);
    else asked(frame);
  }

  next(): Promise<ServerFrame> {
    const frame = this.waiting.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => this.#asked.push(resolve));
  }
}

const webSocket: PushTransport = {
  name: 'WebSocket',
  connect: (url) =>
    new Promise((resolve, reject) => {
      const inbox = new Inbox();
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/trending`, {
        perMessageDeflate: false,
      });
      const send = (value: unknown) =>
        socket.send(typeof value === 'string' ? value : JSON.stringify(value));
      socket.on('message', (data) => inbox.take(JSON.parse(String(data))));
      socket.on('close', (code, reason) => inbox.end(String(reason) || String(code)));
      socket.on('error', reject);
      socket.on('open', () =>
        resolve({
          subscribe: (wish) => send({ type: 'subscribe', ...wish }),
          unsubscribe: (board) => send({ type: 'unsubscribe', board }),
          sendRaw: send,
          next: () => inbox.next(),
          waiting: inbox.waiting,
          ended: inbox.ended,
          freeze: () => socket.pause(),
          close: () => socket.terminate(),
        }),
      );
    }),
};

const socketIo: PushTransport = {
  name: 'Socket.IO',
  connect: (url) =>
    new Promise((resolve, reject) => {
      const inbox = new Inbox();
      const socket = io(`${url}/trending`, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
      for (const event of ['snapshot', 'delta', 'heartbeat', 'error-frame']) {
        socket.on(event, (frame: ServerFrame) => inbox.take(frame));
      }
      let bye: string | undefined;
      socket.on('bye', ({ reason }: { reason: string }) => {
        bye = reason;
      });
      socket.on('disconnect', (reason) => inbox.end(bye ?? reason));
      socket.on('connect_error', reject);
      socket.on('connect', () =>
        resolve({
          subscribe: (wish) => socket.emit('subscribe', wish),
          unsubscribe: (board) => socket.emit('unsubscribe', { board }),
          sendRaw: (value) => socket.emit('subscribe', value),
          next: () => inbox.next(),
          waiting: inbox.waiting,
          ended: inbox.ended,
          freeze: () => netSocketOf(socket).pause(),
          close: () => socket.disconnect(),
        }),
      );
    }),
};

/** The WebSocket below a Socket.IO client. */
function netSocketOf(socket: ReturnType<typeof io>): WebSocket {
  const { transport } = socket.io.engine as unknown as { transport: { ws: WebSocket } };
  return transport.ws;
}

/** One stream is one subscription: subscribing opens it, unsubscribing ends it. */
const sse: PushTransport = {
  name: 'SSE',
  connect: async (url) => {
    const inbox = new Inbox();
    let request: ReturnType<typeof get> | undefined;
    let freeze = () => {};
    const open = (query: URLSearchParams, lastId: string | undefined) => {
      request?.destroy();
      const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
      request = get(`${url}/api/v1/trending/stream?${query}`, { headers }, (response) => {
        freeze = () => response.pause();
        readEvents(response, inbox);
      });
      request.on('error', () => inbox.end('cut'));
    };
    return {
      subscribe: ({ board, limit, since }) => {
        const query = new URLSearchParams({ ...board });
        if (limit !== undefined) query.set('limit', String(limit));
        open(query, since && `${since.epoch}:${since.seq}`);
      },
      unsubscribe: () => request?.destroy(),
      sendRaw: (value) =>
        open(new URLSearchParams({ window: JSON.stringify(value).slice(0, 8) }), undefined),
      next: () => inbox.next(),
      waiting: inbox.waiting,
      ended: inbox.ended,
      freeze: () => freeze(),
      close: () => request?.destroy(),
    };
  },
};

function readEvents(
  response: NodeJS.ReadableStream & { statusCode?: number | undefined },
  inbox: Inbox,
): void {
  let text = '';
  let bye = 'end';
  response.on('error', () => inbox.end('cut'));
  response.on('close', () => {
    if (response.statusCode !== 200) inbox.take(errorOf(text));
    inbox.end(bye);
  });
  response.on('data', (chunk) => {
    text += String(chunk);
    if (response.statusCode !== 200) return;
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const event = text.slice(0, at);
      text = text.slice(at + 2);
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      if (event.startsWith('event: bye')) bye = JSON.parse(data).reason;
      else inbox.take(JSON.parse(data));
    }
  });
}

/** A refused stream is a problem document; the suite sees it as the error frame it stands for. */
function errorOf(text: string): ErrorFrame {
  const { type, detail } = JSON.parse(text);
  return { type: 'error', code: type.split('#')[1], message: detail };
}

export const transports: readonly PushTransport[] = [webSocket, socketIo, sse];

/** What a client holds of one subscription. */
export interface BoardState {
  readonly epoch: number;
  readonly seq: number;
  readonly items: readonly FrameItem[];
}

/** What a client that follows the rules holds after these frames; throws where it would have to ask again. */
export function follow(held: BoardState | undefined, frame: ServerFrame): BoardState {
  if (frame.type === 'snapshot') {
    if (boardChecksum(frame.items) !== frame.checksum) throw new Error('snapshot checksum');
    return { epoch: frame.epoch, seq: frame.seq, items: frame.items };
  }
  if (frame.type !== 'delta' || held === undefined) throw new Error(`unexpected ${frame.type}`);
  if (held.epoch !== frame.epoch || held.seq !== frame.prevSeq) throw new Error('gap');
  const items = applyDelta(held.items, frame.ops);
  if (boardChecksum(items) !== frame.checksum) throw new Error('delta checksum');
  return { epoch: frame.epoch, seq: frame.seq, items };
}
