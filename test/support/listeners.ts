import { createLatch } from '@trending/runtime/testing';
import { applyDelta, boardChecksum, type FrameItem, type ServerFrame } from '@trending/schemas';
import { io } from 'socket.io-client';
import type { StackUrls } from './pipeline.ts';

/** Follows one board over a transport the way a client would: snapshot, deltas, sums checked. */
export interface Listener {
  /** Resolves when the token has this many views on the board as the client sees it. */
  sees(token: string, views: number): Promise<FrameItem>;
  readonly items: () => readonly FrameItem[];
  close(): void;
}

const board = { formula: 'views', window: '5m', scope: 'all' };
const limit = 100;

class BoardModel implements Listener {
  #items: readonly FrameItem[] = [];
  #waiting: { token: string; views: number; open: (item: FrameItem) => void }[] = [];
  #failure: Error | undefined;
  close: () => void = () => undefined;

  readonly items = (): readonly FrameItem[] => this.#items;

  take(frame: ServerFrame): void {
    if (frame.type === 'snapshot') this.#items = frame.items;
    if (frame.type === 'delta') this.#items = applyDelta(this.#items, frame.ops);
    if (frame.type === 'snapshot' || frame.type === 'delta') {
      if (boardChecksum(this.#items) !== frame.checksum)
        this.#failure = new Error(`checksum of ${frame.type}`);
    }
    this.#waiting = this.#waiting.filter(({ token, views, open }) => {
      const item = this.#items.find((other) => other.token === token && other.rawViews === views);
      if (item !== undefined) open(item);
      return item === undefined;
    });
  }

  async sees(token: string, views: number): Promise<FrameItem> {
    const latch = createLatch<FrameItem>();
    this.#waiting.push({ token, views, open: latch.open });
    const timeout = AbortSignal.timeout(30_000);
    const late = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => {
        const seen = this.#items.find((item) => item.token === token);
        reject(
          new Error(`no frame with ${views} views of ${token}; last seen ${JSON.stringify(seen)}`),
        );
      });
    });
    const item = await Promise.race([latch.opened, late]);
    if (this.#failure !== undefined) throw this.#failure;
    return item;
  }
}

export function listenOnWebSocket(stack: StackUrls): Listener {
  const model = new BoardModel();
  const socket = new WebSocket(`${stack.gatewayUrl.replace('http', 'ws')}/ws/trending`);
  socket.addEventListener('open', () =>
    socket.send(JSON.stringify({ type: 'subscribe', board, limit })),
  );
  socket.addEventListener('message', (event) =>
    model.take(JSON.parse(String(event.data)) as ServerFrame),
  );
  model.close = () => socket.close();
  return model;
}

export function listenOnSocketIo(stack: StackUrls): Listener {
  const model = new BoardModel();
  const socket = io(`${stack.gatewayUrl}/trending`, { transports: ['websocket'], forceNew: true });
  socket.on('connect', () => socket.emit('subscribe', { board, limit }));
  for (const event of ['snapshot', 'delta', 'heartbeat'] as const) {
    socket.on(event, (frame: ServerFrame) => model.take(frame));
  }
  model.close = () => socket.disconnect();
  return model;
}

export function listenOnSse(stack: StackUrls): Listener {
  const model = new BoardModel();
  const abort = new AbortController();
  model.close = () => abort.abort();
  const url = `${stack.gatewayUrl}/api/v1/trending/stream?formula=views&window=5m&scope=all&limit=${limit}`;
  void followStream(url, abort.signal, model);
  return model;
}

async function followStream(url: string, signal: AbortSignal, model: BoardModel): Promise<void> {
  try {
    const response = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = event.split('\n').filter((line) => line.startsWith('data:'));
        if (data.length > 0)
          model.take(
            JSON.parse(data.map((line) => line.slice(5).trim()).join('\n')) as ServerFrame,
          );
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
