import { retryAfterMs } from '../../retry-after.ts';
import type { Transport, TransportEvents, TransportRequest } from '../transport.ts';
import { askRest, refusalOf } from './ask-rest.ts';
import { snapshotFromRest } from './rest-board.ts';

const pollEveryMs = 2_000;

/** The last resort: REST every two seconds with ETag, so an unchanged board costs a bodyless 304. */
export const pollingTransport: Transport = {
  name: 'polling',
  isAvailable: () => typeof fetch !== 'undefined',
  open(request, events) {
    const poll = new Poll(request, events);
    void poll.run();
    return { requestSnapshot: () => poll.forget(), close: () => poll.stop() };
  },
};

class Poll {
  readonly #request: TransportRequest;
  readonly #events: TransportEvents;
  readonly #abort = new AbortController();
  #etag: string | undefined;
  /** How long the answer that ended it asked to wait. */
  #askedMs: number | undefined;
  #version = { epoch: 0, seq: 0, asOf: 0 };

  constructor(request: TransportRequest, events: TransportEvents) {
    this.#request = request;
    this.#events = events;
  }

  async run(): Promise<void> {
    try {
      while (!this.#abort.signal.aborted) {
        await this.#once();
        await pause(pollEveryMs, this.#abort.signal);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#events.onClosed(String(error), this.#askedMs);
    }
  }

  forget(): void {
    this.#etag = undefined;
  }

  stop(): void {
    this.#abort.abort();
  }

  async #once(): Promise<void> {
    const { board } = this.#request;
    const { signal } = this.#abort;
    const answer = await askRest(this.#request, { signal, etag: this.#etag });
    if (signal.aborted) return;
    if (answer.status === 304) {
      return this.#events.onFrame({ type: 'heartbeat', board, ...this.#version, staleMs: 0 });
    }
    const refusal = await refusalOf(answer, board);
    if (refusal !== undefined) this.#events.onFrame(refusal);
    if (!answer.ok) {
      this.#askedMs = retryAfterMs(answer.headers.get('retry-after'), Date.now());
      throw new Error(`the gateway answered ${answer.status}`);
    }
    const frame = snapshotFromRest(await answer.json(), this.#request);
    this.#etag = answer.headers.get('etag') ?? undefined;
    this.#version = { epoch: frame.epoch, seq: frame.seq, asOf: frame.asOf };
    this.#events.onFrame(frame);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
