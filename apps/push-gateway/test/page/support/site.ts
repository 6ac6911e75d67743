import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

/** A script for the browser from TypeScript text, with everything it imports. */
export async function scriptOf(source: string, loader: 'ts' | 'tsx' = 'ts'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: here, loader },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    target: 'chrome123',
    // React's development build: it checks more, and StrictMode mounts everything twice.
    define: { 'process.env.NODE_ENV': '"development"' },
    conditions: ['development'],
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** Somebody's web site on an origin of its own: pages as text by path, under its own content policy. */
export class Site {
  readonly pages = new Map<string, string>();
  contentPolicy: string | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://site');
      const text = this.pages.get(pathname);
      const policy = this.contentPolicy;
      if (text === undefined) {
        response.writeHead(404).end();
        return;
      }
      response
        .writeHead(200, {
          'content-type': pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8',
          ...(policy !== undefined && { 'content-security-policy': policy }),
        })
        .end(text);
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
