import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Link } from './links.ts';

const module = 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0';
const startLimitMs = 10_000;

/** A disturbance of one direction; names and attributes are toxiproxy's. */
export interface Toxic {
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** The server's path, built once with Go. A text instead of a path says why there is none. */
export async function toxiproxyServer(
  cache: string,
): Promise<{ readonly path: string } | { readonly missing: string }> {
  const folder = join(cache, 'toxiproxy');
  const path = join(folder, 'server');
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder };
  try {
    await promisify(execFile)('go', ['install', module], { env, timeout: 600_000 });
    return { path };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = text.includes('ENOENT') ? 'Go is not installed' : text.slice(0, 300);
    return { missing: `no toxiproxy (${module}): ${reason}` };
  }
}

/** A running toxiproxy and its HTTP control. */
export class Toxiproxy {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  static async start(path: string, port: number, logPath: string): Promise<Toxiproxy> {
    const log = openSync(logPath, 'a');
    const child = spawn(path, ['-host', '127.0.0.1', '-port', String(port)], {
      stdio: ['ignore', log, log],
    });
    const proxy = new Toxiproxy(child, `http://127.0.0.1:${port}`);
    const deadline = Date.now() + startLimitMs;
    while (!(await proxy.#answers())) {
      if (Date.now() > deadline) throw new Error(`toxiproxy does not answer; see ${logPath}`);
      await delay(50);
    }
    return proxy;
  }

  async addProxy(name: string, { listen, upstream }: Link): Promise<void> {
    await this.#order('POST', '/proxies', { name, listen, upstream, enabled: true });
  }

  /** Disturbs a link until the returned function is called. */
  async disturb(link: string, toxics: readonly Toxic[]): Promise<() => Promise<void>> {
    const named = toxics.map((toxic) => ({ ...toxic, name: `${toxic.type}-${toxic.stream}` }));
    for (const toxic of named) await this.#order('POST', `/proxies/${link}/toxics`, toxic);
    return async () => {
      for (const { name } of named) await this.#order('DELETE', `/proxies/${link}/toxics/${name}`);
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.#url}/version`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #order(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(this.#url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`toxiproxy ${path}: ${await response.text()}`);
  }
}
