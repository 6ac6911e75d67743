import type { CloseReason } from '@trending/schemas';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';

export type TransportName = 'socket.io' | 'websocket' | 'sse';

/** One client, whatever it came on. Implementations never throw for network reasons: a dead client reports itself closed. */
export interface Connection {
  readonly transport: TransportName;
  /** Queues the frame's shared packet; returns its bytes. */
  send(frame: OutgoingFrame): number;
  /** Bytes accepted by `send` that the operating system has not taken yet. */
  bufferedBytes(): number;
  /** Called twice a second: false when the client has not read anything for too long. `now` in ms of the stopwatch, as below. */
  isReading(now: number): boolean;
  /** The process itself stood still: the time until now does not count against the client. */
  forgive(now: number): void;
  /** Tells why, then ends it. Idempotent. */
  close(reason: CloseReason): void;
}
