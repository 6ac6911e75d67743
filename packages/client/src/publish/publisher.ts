import { uuidV7 } from '../uuid-v7.ts';
import { deliver, type QueuedView } from './batch-delivery.ts';
import { type PublishHost, platform } from './host.ts';
import { PublishError, type PublishErrorCode } from './publish-error.ts';
import { type PublisherOptions, type Settings, settingsOf } from './publisher-options.ts';
import { Room } from './room.ts';
import type { PublishResult, View } from './view.ts';

/** Publishes views in batches. Every accepted view ends in its result or its error; none is dropped silently. */
export interface Publisher {
  /**
   * Takes one view over and resolves with the service's last word on it.
   * `signal` takes it back as long as it waits; once it is on its way the signal is not heard.
   * @throws PublishError (as rejection)
   */
  publish(view: View, options?: { readonly signal?: AbortSignal }): Promise<PublishResult>;
  /** Sends what waits now, not later; resolves once everything published before this call has ended. */
  flush(): Promise<void>;
  /** Takes nothing over any more, flushes, and after `timeoutMs` (default 10 s) gives the rest up with `closed`. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Views without a last word, those that wait for room included. */
  readonly pending: number;
}

/**
 * A publisher for servers: Node 20 and later, Deno, Bun and everything else with `fetch`. `host` is for tests.
 * @throws TypeError for options that make no sense
 */
export function createPublisher(
  options: PublisherOptions,
  host: PublishHost = platform,
): Publisher {
  return new BatchingPublisher(settingsOf(options, host));
}

class BatchingPublisher implements Publisher {
  readonly #settings: Settings;
  readonly #stop = new AbortController();
  /** Bounds the queue and what is on its way together. */
  readonly #room: Room;
  readonly #open = new Set<Promise<unknown>>();
  #queue: QueuedView[] = [];
  #queuedBytes = 0;
  #requests = 0;
  /** Flushes under way: while there are any, no view waits for company. */
  #flushes = 0;
  #cancelTimer: (() => void) | undefined;
  #ended: 'aborted' | 'closed' | undefined;
  readonly #abort = () => this.#giveUp('aborted');

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#room = new Room(settings.queueViewsMax);
    const { signal } = settings;
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  get pending(): number {
    return this.#room.taken + this.#room.waiting;
  }

  publish(view: View, { signal }: { readonly signal?: AbortSignal } = {}): Promise<PublishResult> {
    const result = this.#take(view, signal);
    const ended = result.then(
      (value) => this.#tell(view, value),
      () => undefined,
    );
    this.#open.add(ended);
    void ended.then(() => this.#open.delete(ended));
    return result;
  }

  async flush(): Promise<void> {
    this.#flushes += 1;
    this.#pump();
    await Promise.all(this.#open);
    this.#flushes -= 1;
  }

  async close({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#ended ??= 'closed';
    const cancel = this.#settings.host.after(timeoutMs, () => this.#giveUp('closed'));
    await this.flush();
    cancel();
    this.#settings.signal?.removeEventListener('abort', this.#abort);
  }

  async #take(view: View, signal: AbortSignal | undefined): Promise<PublishResult> {
    const { host, whenFull, waitingMax } = this.#settings;
    const eventId = view.eventId ?? uuidV7(host.now(), host.randomBytes(10));
    if (signal?.aborted === true) throw errorOf('aborted', eventId);
    if (this.#ended !== undefined) throw errorOf(this.#ended, eventId);
    if (!this.#room.tryEnter()) {
      if (whenFull === 'reject' || this.#room.waiting >= waitingMax)
        throw errorOf('queue-full', eventId);
      if (!(await this.#room.wait(signal))) throw errorOf(this.#ended ?? 'aborted', eventId);
    }
    return this.#enqueue({ ...view, eventId }, signal);
  }

  #enqueue(
    view: View & { readonly eventId: string },
    signal: AbortSignal | undefined,
  ): Promise<PublishResult> {
    return new Promise<PublishResult>((resolve, reject) => {
      const { eventId } = view;
      const queuedAt = this.#settings.host.now();
      const text = JSON.stringify(this.#stamped(view, queuedAt));
      const takeBack = () => this.#takeBack(queued);
      const freed = () => {
        signal?.removeEventListener('abort', takeBack);
        this.#room.leave();
      };
      const queued: QueuedView = {
        eventId,
        text,
        bytes: utf8.encode(text).length + 1,
        queuedAt,
        resolve: (result) => {
          freed();
          resolve(result);
        },
        reject: (error) => {
          freed();
          reject(error);
        },
      };
      signal?.addEventListener('abort', takeBack);
      this.#queue.push(queued);
      this.#queuedBytes += queued.bytes;
      this.#pump();
    });
  }

  #stamped(view: View, now: number): View {
    return this.#settings.stampTime ? { viewedAt: now, ...view } : view;
  }

  #takeBack(queued: QueuedView): void {
    const at = this.#queue.indexOf(queued);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#queuedBytes -= queued.bytes;
    queued.reject(errorOf('aborted', queued.eventId));
  }

  /** Sends batches while there is a free request and a batch that is due; else wakes when the oldest view is. */
  #pump(): void {
    const { requestsMax, batchAgeMsMax, host } = this.#settings;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#requests < requestsMax && this.#isDue()) void this.#send();
    const oldest = this.#queue[0];
    // When all requests are out, the first that ends pumps again.
    if (oldest === undefined || this.#requests >= requestsMax) return;
    const wait = Math.max(0, oldest.queuedAt + batchAgeMsMax - host.now());
    this.#cancelTimer = host.after(wait, () => this.#pump());
  }

  #isDue(): boolean {
    const { batchViewsMax, batchBytesMax, batchAgeMsMax, host } = this.#settings;
    const oldest = this.#queue[0];
    if (oldest === undefined) return false;
    return (
      this.#flushes > 0 ||
      this.#queue.length >= batchViewsMax ||
      this.#queuedBytes >= batchBytesMax ||
      host.now() - oldest.queuedAt >= batchAgeMsMax
    );
  }

  async #send(): Promise<void> {
    this.#requests += 1;
    await deliver(this.#settings, this.#nextBatch(), this.#stop.signal);
    this.#requests -= 1;
    this.#pump();
  }

  #nextBatch(): readonly QueuedView[] {
    const { batchViewsMax, batchBytesMax } = this.#settings;
    let bytes = 0;
    let count = 0;
    for (const queued of this.#queue.slice(0, batchViewsMax)) {
      if (count > 0 && bytes + queued.bytes > batchBytesMax) break;
      bytes += queued.bytes;
      count += 1;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  #tell(view: View, result: PublishResult): void {
    if (result.status !== 'rejected') return;
    const { eventId, problem } = result;
    const { onRejected, host } = this.#settings;
    try {
      onRejected?.({ view, eventId, problem });
    } catch (error) {
      // The listener's own mistake: to be seen as one, and no reason to end a flush or to keep the view as open.
      host.after(0, () => {
        throw error;
      });
    }
  }

  #giveUp(code: 'aborted' | 'closed'): void {
    this.#ended = code;
    this.#cancelTimer?.();
    const queued = this.#queue.splice(0);
    this.#queuedBytes = 0;
    this.#room.dismiss();
    for (const { eventId, reject } of queued) reject(errorOf(code, eventId));
    this.#stop.abort(code);
  }
}

const utf8 = new TextEncoder();

const messages: Readonly<Record<PublishErrorCode, string>> = {
  'queue-full': 'the queue is full and the view was not taken over; publish slower or wait',
  aborted: 'ended by the caller before the view was sent',
  closed: 'the publisher is closed and did not send the view',
  undelivered: 'the service gave no last word in time',
};

function errorOf(code: PublishErrorCode, eventId: string): PublishError {
  return new PublishError(code, eventId, { message: messages[code] });
}
