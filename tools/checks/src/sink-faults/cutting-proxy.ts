import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

export type Cut = 'request' | 'answer' | 'answer delayed';

interface Armed {
  readonly cut: Cut;
  readonly hit: () => void;
  /** Bytes of the request to let through before a cut of the request. */
  readonly after: number;
}

/** A TCP proxy that can cut one connection in the middle of a request, keep the answer to itself, or fall silent on what is open. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #silent = new WeakSet<Socket>();
  #armed: Armed | undefined;
  #isRefusing = false;
  #isHushed = false;

  /** @param target port on this machine */
  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** @param port any free one unless given */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the next insert; false when none came within `waitMs`. */
  async cutNext(cut: Cut, after: number, waitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#armed = { cut, after, hit: () => resolve(true) };
    const timer = setTimeout(() => resolve(false), waitMs);
    const wasHit = await promise;
    clearTimeout(timer);
    this.#armed = undefined;
    return wasHit;
  }

  /** Resets everything that is open and, while `isRefusing`, everything that comes. */
  refuse(isRefusing: boolean): void {
    this.#isRefusing = isRefusing;
    if (isRefusing) for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections that are open now stay open, and no byte passes on them any more; new ones work. */
  silence(): void {
    for (const socket of this.#sockets) this.#silent.add(socket);
  }

  /** As `silence`, and connections that come are accepted and then as silent, until lifted; those that were silent stay so. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    if (isHushed) this.silence();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.refuse(true);
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    if (this.#isHushed) this.#silent.add(client);
    const upstream = new Socket().connect(this.#target, '127.0.0.1');
    const both = [client, upstream];
    const reset = () => {
      for (const socket of both) socket.resetAndDestroy();
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', reset).on('close', () => {
        this.#sockets.delete(socket);
        if (socket === client || !this.#silent.has(client)) for (const one of both) one.destroy();
      });
    }
    this.#carry(client, upstream, reset);
  }

  #carry(client: Socket, upstream: Socket, reset: () => void): void {
    let caught: Armed | undefined;
    let passed = 0;
    client.on('data', (bytes) => {
      if (this.#silent.has(client)) return;
      if (caught === undefined && bytes.includes('INSERT')) {
        caught = this.#armed;
        this.#armed = undefined;
        passed = 0;
      }
      if (caught?.cut !== 'request') {
        upstream.write(bytes);
        return;
      }
      const part = bytes.subarray(0, Math.max(0, caught.after - passed));
      passed += part.length;
      upstream.write(part);
      if (part.length === bytes.length) return;
      caught.hit();
      reset();
    });
    upstream.on('data', (bytes) => {
      if (this.#silent.has(client)) return;
      if (caught === undefined) {
        client.write(bytes);
        return;
      }
      const { cut, hit } = caught;
      caught = undefined;
      hit();
      if (cut === 'answer delayed') setTimeout(() => client.write(bytes), 1_000);
      else reset();
    });
  }
}
