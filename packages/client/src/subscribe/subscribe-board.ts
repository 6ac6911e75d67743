import type { BoardRef, ErrorFrame } from '@trending/schemas/frames';
import type { BoardView } from './board-model.ts';
import { Connection, type ConnectionStatus } from './connection.ts';
import { type Environment, hostEnvironment } from './environment.ts';
import { createNewestQueue } from './newest-queue.ts';
import { tellingRefusal } from './telling-refusal.ts';
import type { Transport } from './transport.ts';
import { pollingTransport } from './transports/polling-transport.ts';
import { sseTransport } from './transports/sse-transport.ts';
import { webSocketTransport } from './transports/web-socket-transport.ts';

/** `auto` tries the three in this order. */
export type TransportName = 'auto' | 'websocket' | 'sse' | 'polling';

export interface SubscribeOptions {
  /** Base URL of the gateway, such as `https://trending.example.com`; '' is the page's own origin. */
  readonly endpoint: string;
  readonly board: BoardRef;
  /** Highest rank wanted; default 20. */
  readonly limit?: number;
  /** Default `auto`. One that the platform lacks, such as `websocket` before Node 22, is refused at once. */
  readonly transport?: TransportName | Transport;
  /** For private boards. A function is asked at every connection, and at once when one ran out, which `onError` tells too. */
  readonly accessToken?: string | (() => string | undefined);
  /** Every new version of the board, the first one included. */
  readonly onBoard?: (view: BoardView) => void;
  readonly onStatus?: (status: ConnectionStatus, transport: string) => void;
  /** What the gateway refuses, such as a board that does not exist or a token that is not valid; it is tried again all the same. */
  readonly onError?: (error: ErrorFrame) => void;
  /** Ends the subscription, as `close()` does. */
  readonly signal?: AbortSignal;
  /** For tests: time, chance, network and visibility. */
  readonly environment?: Environment;
}

/** A followed board; iterate it with `for await` or listen through the callbacks. */
export interface BoardSubscription extends AsyncIterable<BoardView> {
  close(): void;
}

const byName = {
  websocket: webSocketTransport,
  sse: sseTransport,
  polling: pollingTransport,
} as const;

/**
 * Follows one board until `close()`: reconnects with jittered, bounded back-off, resumes where it was, checks every
 * version against the gateway's checksum, and rests while the page is hidden or the device offline.
 * @throws TypeError for a transport that this platform does not have
 */
export function subscribeBoard(options: SubscribeOptions): BoardSubscription {
  const { board, limit = 20 } = options;
  const queue = createNewestQueue<BoardView>(() => connection.close());
  const close = () => connection.close();
  const connection = new Connection({
    request: { endpoint: baseUrl(options.endpoint), board, limit },
    transports: transportsFor(options.transport ?? 'auto').map((one) => tellingRefusal(one)),
    accessToken: tokenSource(options.accessToken),
    renewsToken: typeof options.accessToken === 'function',
    environment: options.environment ?? hostEnvironment(),
    onBoard: (held) => {
      // The gateway rounds limits up to classes; the whole class is held, because its checksum covers it.
      const view = { ...held, items: held.items.slice(0, limit) };
      options.onBoard?.(view);
      queue.push(view);
    },
    onStatus: (status, transport) => {
      options.onStatus?.(status, transport);
      if (status !== 'closed') return;
      options.signal?.removeEventListener('abort', close);
      queue.end();
    },
    onError: (error) => options.onError?.(error),
  });
  options.signal?.addEventListener('abort', close, { once: true });
  if (options.signal?.aborted === true) close();
  else connection.start();
  return { close, [Symbol.asyncIterator]: () => queue };
}

function transportsFor(choice: TransportName | Transport): readonly Transport[] {
  if (typeof choice === 'object') return [choice];
  const available = Object.values(byName).filter((transport) => transport.isAvailable());
  if (choice === 'auto') return available;
  const named = available.filter(({ name }) => name === choice);
  if (named.length > 0) return named;
  throw new TypeError(`subscribeBoard: there is no transport "${choice}" on this platform`);
}

function tokenSource(token: SubscribeOptions['accessToken']): () => string | undefined {
  return typeof token === 'function' ? token : () => token;
}

/** Absolute, without a slash at its end. */
export function baseUrl(endpoint: string): string {
  const origin = typeof location === 'undefined' ? '' : location.origin;
  const absolute = endpoint === '' || endpoint.startsWith('/') ? origin + endpoint : endpoint;
  return absolute.replace(/\/+$/, '');
}
