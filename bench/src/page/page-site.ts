import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boardDelta } from '@trending/push-gateway/domain';
import {
  type BoardRef,
  boardChecksum,
  type FrameItem,
  type ServerFrame,
  type SubscribeFrame,
} from '@trending/schemas';
import { type WebSocket, WebSocketServer } from 'ws';
import { BusyBoard } from './busy-board.ts';
import { watchScript } from './frame-watch.ts';

/** A page of the site: a script by its path, or none. */
export interface SitePage {
  readonly path: string;
  /** Defines `<trending-tokens>`; without it the page stays empty. */
  readonly element?: string;
}

/** Rows on the board of every page. */
export const rowsShown = 100;

/** Serves pages of one board and speaks the gateway's frames to whoever follows it. */
export class PageSite {
  readonly #pages: ReadonlyMap<string, SitePage>;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  constructor(pages: readonly SitePage[]) {
    this.#pages = new Map(pages.map((page) => [page.path, page]));
    this.#server = createServer((request, response) => {
      const [type, text] = this.#answer(request.url ?? '/');
      response.writeHead(text === undefined ? 404 : 200, { 'content-type': type }).end(text);
    });
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/ws/trending' });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }

  /** Each follower that comes gets a board of its own, the same walk for all, a new version every `everyMs`. */
  change(everyMs: number): void {
    this.#sockets.on('connection', (socket) => {
      socket.once('message', (data) => {
        const { board } = JSON.parse(String(data)) as SubscribeFrame;
        const timer = follow(socket, board, everyMs);
        socket.once('close', () => clearInterval(timer));
      });
    });
  }

  #answer(path: string): readonly [type: string, text: string | undefined] {
    const script = this.#pages.get(path.replace(/\.js$/, ''))?.element;
    if (path.endsWith('.js')) return ['text/javascript', script];
    const page = this.#pages.get(path);
    return ['text/html; charset=utf-8', page && documentOf(page)];
  }
}

function documentOf({ path, element }: SitePage): string {
  const board =
    element === undefined
      ? ''
      : `<script type="module" src="${path}.js"></script><trending-tokens limit="${rowsShown}"></trending-tokens>`;
  return `<!doctype html><title>Bench</title><script>${watchScript}</script>${board}`;
}

function follow(socket: WebSocket, board: BoardRef, everyMs: number): NodeJS.Timeout {
  const walk = new BusyBoard(rowsShown);
  let seq = 1;
  const send = (frame: ServerFrame) => socket.send(JSON.stringify(frame));
  const { items } = walk;
  const first = { seq, limit: rowsShown, items, checksum: boardChecksum(items) };
  send({ type: 'snapshot', board, epoch: 1, ...first, ...times() });
  return setInterval(() => {
    const previous: readonly FrameItem[] = walk.items;
    const { ops, checksum } = boardDelta({ previous, next: walk.next(), limit: rowsShown });
    seq += 1;
    send({ type: 'delta', board, epoch: 1, seq, prevSeq: seq - 1, ops, checksum, ...times() });
  }, everyMs);
}

function times() {
  const now = Date.now();
  return { asOf: now, receivedAt: now, scoredAt: now, pushedAt: now };
}
