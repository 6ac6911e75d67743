import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '@trending/runtime/random';
import { FrameSplitter } from './frame-splitter.ts';

const produceKey = 0;
const host = '127.0.0.1';

/** One client's way to the broker. */
interface Link {
  readonly client: Socket;
  readonly broker: Socket;
  readonly cut: () => void;
  /** Named in each of its requests. */
  clientId: string;
  isSilent: boolean;
}

/**
 * A proxy before a broker that loses answers, and answers only: a produce request reaches the broker and is carried out, then its answer
 * is dropped and the connection cut. Or it falls silent: connections that are open stay open, and no byte passes any more. Requests begin
 * with size, api key, version, correlation id and the client's id; answers with size and correlation id (Kafka protocol guide).
 */
export class ResponseDropper {
  /** Share of produce answers to lose. */
  share = 0;
  /** Produce answers lost so far. */
  dropped = 0;
  readonly #upstreamPort: number;
  readonly #random: Random;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #isHushed: (clientId: string) => boolean = () => false;

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
    for (const { client, broker } of this.#links) {
      client.destroy();
      broker.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Lets the open connections of these clients fall silent for good; new ones work. @returns how many */
  silence(isMeant: (clientId: string) => boolean): number {
    const meant = [...this.#links].filter(({ clientId }) => isMeant(clientId));
    for (const link of meant) link.isSilent = true;
    return meant.length;
  }

  /** As `silence`, and new connections of these clients are as silent until the returned function is called; those that were stay so. */
  hush(isMeant: (clientId: string) => boolean): () => void {
    this.#isHushed = isMeant;
    this.silence(isMeant);
    return () => {
      this.#isHushed = () => false;
    };
  }

  #serve(client: Socket): void {
    const broker = connect({ host, port: this.#upstreamPort });
    const cut = () => {
      client.destroy();
      broker.destroy();
    };
    const link: Link = { client, broker, cut, clientId: '', isSilent: false };
    this.#links.add(link);
    for (const socket of [client, broker]) socket.setNoDelay(true).on('error', () => undefined);
    client.on('close', () => {
      this.#links.delete(link);
      cut();
    });
    broker.on('close', () => {
      if (!link.isSilent) cut();
    });
    this.#relay(link);
  }

  #relay(link: Link): void {
    const { client, broker, cut } = link;
    const produces = new Set<number>();
    const requests = new FrameSplitter();
    const answers = new FrameSplitter();
    client.on('data', (bytes: Buffer) => {
      if (link.isSilent) return;
      for (const frame of requests.push(bytes)) {
        link.clientId ||= clientIdOf(frame);
        link.isSilent ||= this.#isHushed(link.clientId);
        if (link.isSilent) return;
        if (frame.readInt16BE(4) === produceKey) produces.add(frame.readInt32BE(8));
        broker.write(frame);
      }
    });
    broker.on('data', (bytes: Buffer) => {
      if (link.isSilent) return;
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

/** Behind the correlation id: a length and so many bytes. */
function clientIdOf(request: Buffer): string {
  if (request.length < 14) return '';
  const length = Math.max(0, request.readInt16BE(12));
  return request.toString('utf8', 14, 14 + length);
}
