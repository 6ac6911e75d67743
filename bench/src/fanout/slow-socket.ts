import { createConnection, type Socket } from 'node:net';

export type SlowTransport = 'socket.io' | 'websocket' | 'sse';
/** What it does once it holds a board: never reads again, or takes a byte a second. */
export type SlowHabit = 'stops' | 'sips';

export interface SlowSettings {
  readonly port: number;
  readonly transport: SlowTransport;
  readonly habit: SlowHabit;
  /** Of the board it asks for. */
  readonly window: string;
  readonly limit: number;
}

const sipEveryMs = 1_000;
const upgrade =
  'Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n';

/**
 * A hostile client on a bare socket: connects, subscribes, reads until the board begins to come, and from then on leaves the rest where it
 * is. It answers no ping and, being cut, does not come back.
 */
export class SlowSocket {
  readonly #settings: SlowSettings;
  readonly #socket: Socket;
  /** A read takes no more than its buffer holds. */
  #buffer = Buffer.alloc(4_096);
  #seen = '';
  #sipping: NodeJS.Timeout | undefined;
  /** Resolves once it holds the beginning of a board; rejects when it was refused before. */
  readonly subscribed: Promise<void>;

  constructor(settings: SlowSettings) {
    this.#settings = settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.subscribed = promise;
    this.#socket = createConnection({
      ...{ port: settings.port, host: '127.0.0.1', noDelay: true },
      onread: {
        buffer: () => this.#buffer,
        callback: (length, buffer) => this.#read(Buffer.from(buffer.subarray(0, length)), resolve),
      },
    });
    this.#socket.on('connect', () => this.#socket.write(this.#request()));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      clearInterval(this.#sipping);
      reject(new Error(`refused: ${this.#seen.slice(0, 200)}`));
    });
  }

  close(): void {
    clearInterval(this.#sipping);
    this.#socket.destroy();
  }

  #request(): string {
    const { transport, window, limit } = this.#settings;
    const query = `formula=trending&window=${window}&scope=all&limit=${limit}`;
    if (transport === 'sse')
      return `GET /api/v1/trending/stream?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
    const path =
      transport === 'websocket' ? '/ws/trending' : '/socket.io/?EIO=4&transport=websocket';
    return `GET ${path} HTTP/1.1\r\n${upgrade}`;
  }

  /** @returns whether to go on reading by itself */
  #read(chunk: Buffer, subscribed: () => void): boolean {
    if (this.#sipping !== undefined) return false;
    this.#seen += chunk.toString('latin1');
    if (/"type":"(snapshot|delta)"/.test(this.#seen)) {
      this.#goDeaf();
      subscribed();
      return false;
    }
    this.#answer();
    return true;
  }

  /** Says what is next to say after all that came so far. */
  #answer(): void {
    const { transport, window, limit } = this.#settings;
    const wish = { board: { formula: 'trending', window, scope: 'all' }, limit };
    const isUpgraded = this.#seen.includes('\r\n\r\n');
    if (transport === 'sse' || !isUpgraded) return;
    if (transport === 'websocket') this.#say(1, JSON.stringify({ type: 'subscribe', ...wish }));
    else if (this.#seen.includes('40/trending,'))
      this.#say(2, `42/trending,${JSON.stringify(['subscribe', wish])}`);
    else if (this.#seen.includes('0{"sid"')) this.#say(1, '40/trending,');
  }

  #said = 0;

  #say(turn: number, text: string): void {
    if (this.#said >= turn) return;
    this.#said = turn;
    const payload = Buffer.from(text);
    const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
    head[0] = 0x81;
    if (payload.length < 126) head[1] = 0x80 | payload.length;
    else {
      head[1] = 0x80 | 126;
      head.writeUInt16BE(payload.length, 2);
    }
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #goDeaf(): void {
    this.#buffer = Buffer.alloc(1);
    const sip = () => {
      if (this.#settings.habit === 'sips') this.#socket.resume();
    };
    this.#sipping = setInterval(sip, sipEveryMs);
  }
}
