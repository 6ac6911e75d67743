import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '@trending/runtime/random';
import { FrameSplitter } from './frame-splitter.ts';

const produceKey = 0;
const host = '127.0.0.1';

/**
 * A proxy before a broker that loses answers, and answers only: a produce request reaches the broker and is carried out, then its answer
 * is dropped and the connection cut. Requests begin with size, api key, version and correlation id; answers with size and correlation
 * id (Kafka protocol guide).
 */
export class ResponseDropper {
  /** Share of produce answers to lose. */
  share = 0;
  /** Produce answers lost so far. */
  dropped = 0;
  readonly #upstreamPort: number;
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(upstreamPort: number, random: Random) {
    this.#upstreamPort = upstreamPort;
    this.#random = random;
    this.#server = createServer((client) => this.#serve(client));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const broker = connect({ host, port: this.#upstreamPort });
    const cut = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    this.#relay({ client, broker, cut });
  }

  #relay({ client, broker, cut }: { client: Socket; broker: Socket; cut: () => void }): void {
    const produces = new Set<number>();
    const requests = new FrameSplitter();
    const answers = new FrameSplitter();
    client.on('data', (bytes: Buffer) => {
      for (const frame of requests.push(bytes)) {
        if (frame.readInt16BE(4) === produceKey) produces.add(frame.readInt32BE(8));
        broker.write(frame);
      }
    });
    broker.on('data', (bytes: Buffer) => {
      for (const frame of answers.push(bytes)) {
        const isProduce = produces.delete(frame.readInt32BE(4));
        if (isProduce && this.#random() < this.share) {
          this.dropped += 1;
          return cut();
        }
        client.write(frame);
      }
    });
  }
}
