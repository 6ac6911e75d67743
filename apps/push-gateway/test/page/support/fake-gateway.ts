import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BoardRef,
  boardChecksum,
  type DeltaOp,
  type FrameItem,
  type ServerFrame,
  type SubscribeFrame,
} from '@trending/schemas/frames';
import { type WebSocket, WebSocketServer } from 'ws';

const dist = fileURLToPath(new URL('../../../dist/page/', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Speaks the gateway's real frames and REST shapes from a board that the test sets. */
export class FakeGateway {
  items: readonly FrameItem[];
  /** What REST paths answer; the page's files and /config.json are served besides. */
  readonly answers = new Map<string, (url: URL) => Answer>();
  readonly subscribes: SubscribeFrame[] = [];
  readonly posts: string[] = [];
  /** Answers a subscribe with nothing, as a gateway that hangs. */
  isMute = false;
  refusal: string | undefined;
  readonly #emitter = new EventEmitter();
  readonly #holders = new Map<WebSocket, BoardRef>();
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port: number;
  #seq = 1;

  constructor(items: readonly FrameItem[], port = 0) {
    this.items = items;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Open sockets. */
  get connections(): number {
    return this.#sockets?.clients.size ?? 0;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#sockets = new WebSocketServer({ server, path: '/ws/trending' });
    this.#sockets.on('connection', (socket) => {
      socket.on('message', (data) => this.#receive(socket, JSON.parse(String(data))));
      socket.on('close', () => this.#holders.delete(socket));
    });
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    this.#sockets?.close();
    this.#server?.closeAllConnections();
    if (this.#server !== undefined) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      await closed;
    }
    this.#server = undefined;
  }

  /** Resolves with the next subscribe after now. */
  async nextSubscribe(): Promise<SubscribeFrame> {
    const [frame] = await once(this.#emitter, 'subscribe');
    return frame;
  }

  /** Publishes the next version of the board to every holder, as a delta. */
  publish(items: readonly FrameItem[], receivedAt = Date.now() - 12): void {
    const before = new Map(this.items.map((entry) => [entry.token, entry]));
    const ops: DeltaOp[] = items.map((entry) => ({
      op: before.has(entry.token) ? 'update' : 'enter',
      item: entry,
    }));
    const kept = new Set(items.map(({ token }) => token));
    for (const token of before.keys()) if (!kept.has(token)) ops.push({ op: 'leave', token });
    this.items = items;
    this.#seq += 1;
    for (const [socket, ref] of this.#holders) {
      const head = { board: ref, epoch: 1, seq: this.#seq, prevSeq: this.#seq - 1 };
      const times = { asOf: Date.now(), receivedAt, scoredAt: Date.now(), pushedAt: Date.now() };
      this.#send(socket, { type: 'delta', ...head, ...times, ops, checksum: boardChecksum(items) });
    }
  }

  heartbeat(staleMs: number): void {
    for (const [socket, ref] of this.#holders) {
      const head = { board: ref, epoch: 1, seq: this.#seq, asOf: Date.now() };
      this.#send(socket, { type: 'heartbeat', ...head, staleMs });
    }
  }

  #receive(socket: WebSocket, frame: SubscribeFrame): void {
    this.subscribes.push(frame);
    this.#emitter.emit('subscribe', frame);
    if (this.isMute) return;
    if (this.refusal !== undefined) {
      this.#send(socket, { type: 'error', code: 'unknown-board', message: this.refusal });
      return;
    }
    this.#holders.set(socket, frame.board);
    this.#send(socket, {
      type: 'snapshot',
      board: frame.board,
      limit: 20,
      epoch: 1,
      seq: this.#seq,
      asOf: Date.now(),
      receivedAt: 0,
      scoredAt: Date.now(),
      pushedAt: Date.now(),
      items: this.items,
      checksum: boardChecksum(this.items),
    });
  }

  #send(socket: WebSocket, frame: ServerFrame): void {
    socket.send(JSON.stringify(frame));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const answer = this.answers.get(url.pathname);
    if (request.method === 'POST') this.posts.push(url.pathname);
    if (answer !== undefined) {
      const { status, body } = answer(url);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      return;
    }
    const name = fileFor(url.pathname);
    const bytes = await readFile(join(dist, name)).catch(() => undefined);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, headersFor(name)).end(bytes);
  }
}

/** Stricter than the gateway's own policy, which also allows inline styles for the API's documentation page. */
const contentPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws:; object-src 'none'";

function headersFor(name: string): Record<string, string> {
  return {
    'content-type': types[extname(name)] ?? 'text/plain',
    'content-security-policy': contentPolicy,
  };
}

const documents = new Set(['/compare', '/developers', '/ops']);

function fileFor(path: string): string {
  if (path === '/') return 'index.html';
  if (documents.has(path)) return `${path}.html`;
  return path.startsWith('/token/') ? 'token.html' : path;
}
