import { createConnection, type Socket } from 'node:net';
import {
  applyDelta,
  boardChecksum,
  type FrameItem,
  type Position,
  type ServerFrame,
} from '@trending/schemas';
import type { SwarmTally } from './swarm-tally.ts';

export interface ClientSettings {
  readonly port: number;
  readonly kind: 'socket.io' | 'websocket';
  readonly window: string;
  readonly limit: number;
  /** Decodes and checks every frame; the others look at versions and times only. */
  readonly isThorough: boolean;
  readonly tally: SwarmTally;
}

/** Whoever was refused or cut comes back after this long, or up to twice as long. */
const reopenMs = 500;
const handshakeEnd = Buffer.from('\r\n\r\n');
/** Every socket of the process reads into it: a buffer for each read would make the swarm, not the server, what is measured. */
const readBuffer = Buffer.alloc(64 * 1_024);

/**
 * A client of the gateway that costs the machine as little as one can: a bare socket, frames read in place. It follows the rules (asks
 * for a snapshot after a gap, resumes where it was), which the library's own client proves elsewhere.
 */
export class SwarmClient {
  readonly #settings: ClientSettings;
  #socket: Socket | undefined;
  #rest: Buffer | undefined;
  #reopening: NodeJS.Timeout | undefined;
  #isUpgraded = false;
  #held: Position | undefined;
  #items: readonly FrameItem[] = [];

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  get held(): Position | undefined {
    return this.#held;
  }

  open(): void {
    const { port, kind, tally } = this.#settings;
    const path = kind === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : '/ws/trending';
    const socket: Socket = createConnection({
      ...{ port, host: '127.0.0.1', noDelay: true },
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket = socket;
    this.#rest = undefined;
    this.#isUpgraded = false;
    socket.on('connect', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
      ),
    );
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      tally.closed += 1;
      this.#reopening = setTimeout(() => this.open(), reopenMs * (1 + Math.random()));
    });
  }

  /** Ends the connection as a torn cable does; what it holds stays. */
  cut(): void {
    clearTimeout(this.#reopening);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }

  freeze(): void {
    this.#socket?.pause();
  }

  /** Asks for a whole snapshot again: with {@link freeze}, what a hostile client does. */
  askAgain(): void {
    this.#subscribe(undefined);
  }

  /** Keeps none of `chunk`: the next read of any socket overwrites it. */
  #read(chunk: Buffer): void {
    this.#settings.tally.bytes += chunk.length;
    let data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#isUpgraded) {
      const end = data.indexOf(handshakeEnd);
      if (end >= 0) {
        this.#isUpgraded = true;
        data = data.subarray(end + 4);
        if (this.#settings.kind === 'websocket') this.#subscribe(this.#held);
      }
    }
    this.#rest = this.#isUpgraded ? this.#readFrames(data) : Buffer.from(data);
  }

  /** Takes whole frames; what is left over. */
  #readFrames(data: Buffer): Buffer | undefined {
    let at = 0;
    for (let frame = frameAt(data, at); frame !== undefined; frame = frameAt(data, at)) {
      at = frame.end;
      if (frame.opcode === 1) this.#message(data, frame.from, frame.end);
      // The same bytes go back, as a pong.
      else if (frame.opcode === 9) this.#write(10, data.subarray(frame.from, frame.end));
    }
    return at === data.length ? undefined : Buffer.from(data.subarray(at));
  }

  #message(data: Buffer, from: number, to: number): void {
    if (this.#settings.kind === 'websocket') {
      this.#frame(data, from, to);
      return;
    }
    const type = String.fromCharCode(data[from] ?? 0, data[from + 1] ?? 0);
    if (type === '42') this.#frame(data, data.indexOf(0x7b, from), to - 1);
    else if (type[0] === '2') this.#write(1, Buffer.from('3'));
    else if (type[0] === '0') this.#write(1, Buffer.from('40/trending,'));
    else if (type === '40') this.#subscribe(this.#held);
  }

  #frame(data: Buffer, from: number, to: number): void {
    const { tally, isThorough } = this.#settings;
    const head = data.toString('latin1', from, Math.min(to, from + 400));
    const type = head.slice(9, 11);
    if (type === 'er') {
      tally.errors += 1;
      return;
    }
    tally.frames += 1;
    const seq = numberAfter(head, '"seq":');
    const epoch = numberAfter(head, '"epoch":');
    if (isThorough) this.#check(JSON.parse(data.toString('utf8', from, to)) as ServerFrame);
    if (type === 'de') {
      tally.deltas += 1;
      tally.latency(Date.now() - numberAfter(head, '"scoredAt":'));
      const prevSeq = numberAfter(head, '"prevSeq":');
      if (this.#held?.epoch !== epoch || this.#held.seq !== prevSeq) tally.gaps += 1;
    }
    if (type === 'he') this.#heartbeat({ epoch, seq });
    else this.#held = { epoch, seq };
  }

  /** Of a newer version than the one held: a frame was lost. */
  #heartbeat(told: Position): void {
    const held = this.#held ?? { epoch: -1, seq: -1 };
    const isNewer = told.epoch > held.epoch || (told.epoch === held.epoch && told.seq > held.seq);
    if (isNewer) this.#settings.tally.gaps += 1;
    this.#held = { ...held };
  }

  #check(frame: ServerFrame): void {
    if (frame.type !== 'snapshot' && frame.type !== 'delta') return;
    this.#items = frame.type === 'snapshot' ? frame.items : applyDelta(this.#items, frame.ops);
    if (boardChecksum(this.#items) !== frame.checksum) this.#settings.tally.wrong += 1;
  }

  #subscribe(since: Position | undefined): void {
    const { kind, window, limit } = this.#settings;
    const board = { formula: 'trending', window, scope: 'all' };
    const wish = { board, limit, ...(since !== undefined && { since }) };
    const text =
      kind === 'websocket'
        ? JSON.stringify({ type: 'subscribe', ...wish })
        : `42/trending,${JSON.stringify(['subscribe', wish])}`;
    this.#write(1, Buffer.from(text));
  }

  /** A masked frame; the mask of zeros leaves the payload as it is. */
  #write(opcode: number, payload: Buffer): void {
    const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
    head[0] = 0x80 | opcode;
    if (payload.length < 126) head[1] = 0x80 | payload.length;
    else {
      head[1] = 0x80 | 126;
      head.writeUInt16BE(payload.length, 2);
    }
    this.#socket?.write(Buffer.concat([head, payload]));
  }
}

interface WireFrame {
  readonly opcode: number;
  readonly from: number;
  readonly end: number;
}

/** The whole, unmasked frame that begins there; undefined while some of it is missing. */
function frameAt(data: Buffer, at: number): WireFrame | undefined {
  if (at + 2 > data.length) return undefined;
  const short = data.readUInt8(at + 1) & 0x7f;
  const from = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
  if (from > data.length) return undefined;
  let length = short;
  if (short === 126) length = data.readUInt16BE(at + 2);
  if (short === 127) length = data.readUInt32BE(at + 6);
  const end = from + length;
  return end > data.length ? undefined : { opcode: data.readUInt8(at) & 0x0f, from, end };
}

function numberAfter(text: string, name: string): number {
  const at = text.indexOf(name);
  if (at < 0) return Number.NaN;
  let value = 0;
  for (let i = at + name.length; ; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || Number.isNaN(digit)) return value;
    value = value * 10 + digit;
  }
}
