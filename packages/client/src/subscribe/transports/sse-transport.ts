import {
  openedLink,
  parseFrame,
  type Transport,
  type TransportEvents,
  type TransportLink,
  type TransportRequest,
} from '../transport.ts';
import { boardQuery } from './query.ts';

const frameEvents = ['snapshot', 'delta', 'heartbeat', 'error-frame'] as const;

/** Server-sent events at `/api/v1/trending/stream`. */
export const sseTransport: Transport = {
  name: 'sse',
  hidesAnswers: true,
  isAvailable: () => typeof EventSource !== 'undefined',
  open: (request, events) => openedLink(events, () => follow(request, events)),
};

function follow(request: TransportRequest, events: TransportEvents): TransportLink {
  let farewell: string | undefined;
  let source = new EventSource(streamUrl(request));
  const listen = () => {
    for (const name of frameEvents) {
      source.addEventListener(name, (event) => {
        const frame = parseFrame(event.data);
        if (frame !== undefined) events.onFrame(frame);
      });
    }
    source.addEventListener('bye', (event) => {
      farewell = byeReason(event.data);
    });
    // The browser would retry by itself, at once and for ever; the connection knows better.
    source.onerror = () => {
      source.close();
      events.onClosed(farewell ?? 'event stream ended');
    };
  };
  listen();
  return {
    requestSnapshot: () => {
      source.close();
      const { since: _, ...fresh } = request;
      source = new EventSource(streamUrl(fresh));
      listen();
    },
    close: () => source.close(),
  };
}

/** Why the gateway ends the stream; it is cut right after. */
function byeReason(text: unknown): string | undefined {
  try {
    const { reason } = JSON.parse(String(text));
    return typeof reason === 'string' ? reason : undefined;
  } catch {
    return undefined;
  }
}

function streamUrl({ endpoint, board, limit, since, accessToken }: TransportRequest): string {
  const query = boardQuery(board, limit);
  if (since !== undefined) query.set('since', `${since.epoch}:${since.seq}`);
  // An EventSource sends no headers.
  if (accessToken !== undefined) query.set('access_token', accessToken);
  return `${endpoint}/api/v1/trending/stream?${query}`;
}
