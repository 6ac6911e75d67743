import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReportedView {
  readonly path: string;
  readonly type: string | undefined;
  readonly viewToken: string | undefined;
  readonly body: Record<string, unknown>;
}

/** Takes views as the producer-api does, with its answer to preflights, and keeps them. */
export class FakeProducer {
  readonly views: ReportedView[] = [];
  /** What the next calls are answered with; then 202. */
  readonly statuses: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const open = {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'content-type, x-trending-view-token',
      };
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { ...open, 'access-control-allow-methods': 'POST' }).end();
        return;
      }
      void textOf(request).then((text) => {
        const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        const { 'content-type': type, 'x-trending-view-token': viewToken } = request.headers;
        this.views.push({ path: request.url ?? '', type, viewToken: viewToken?.toString(), body });
        response.writeHead(this.statuses.shift() ?? 202, open).end('{}');
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
