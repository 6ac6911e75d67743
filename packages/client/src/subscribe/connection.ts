import type {
  CloseReason,
  ErrorFrame,
  HeartbeatFrame,
  ServerFrame,
} from '@trending/schemas/frames';
import { type BoardFrame, type BoardView, type FrameOutcome, foldFrame } from './board-model.ts';
import type { Environment } from './environment.ts';
import { timing } from './timing.ts';
import type { Transport, TransportLink, TransportRequest } from './transport.ts';

/**
 * - `connecting`: no board yet · `live`: following · `reconnecting`: the link broke, a retry is on its way
 * - `stale`: nothing was heard for too long, or the board itself stands still, or the page is hidden
 * - `offline`: the device has no network · `closed`: ended by the caller
 */
export type ConnectionStatus =
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'stale'
  | 'offline'
  | 'closed';

export interface ConnectionSettings {
  readonly request: Omit<TransportRequest, 'since' | 'accessToken'>;
  /** Asked at every connection. */
  readonly accessToken: () => string | undefined;
  /** Whether it may give another one once the last has expired. */
  readonly renewsToken: boolean;
  /** Tried in this order; the next one after two failures in a row. */
  readonly transports: readonly Transport[];
  readonly environment: Environment;
  readonly onBoard: (view: BoardView) => void;
  readonly onStatus: (status: ConnectionStatus, transport: string) => void;
  readonly onError: (error: ErrorFrame) => void;
}

const failuresPerTransport = 2;
/** The longest wait that a gateway may ask for. */
const askedMaxMs = 60_000;
const farewell: CloseReason = 'shutdown';
/** The timer that outlives links. */
const upgrade = 'upgrade';

/** Keeps one board followed for as long as it is wanted: retries, falls back, resumes, resyncs. */
export class Connection {
  readonly #settings: ConnectionSettings;
  #status: ConnectionStatus | undefined;
  #link: TransportLink | undefined;
  #linkNumber = 0;
  #transportIndex = 0;
  #failures = 0;
  #held: BoardView | undefined;
  #awaitsSnapshot = false;
  /** Callbacks may close: whatever goes on after one has to ask. */
  #isClosed = false;
  #stopListening: () => void = () => undefined;
  readonly #timers = new Map<string, () => void>();

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  start(): void {
    this.#stopListening = this.#settings.environment.onChange(() => this.#hostChanged());
    this.#connect();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#drop();
    this.#cancel(upgrade);
    this.#setStatus('closed');
  }

  get #transport(): Transport {
    const { transports } = this.#settings;
    const transport = transports[this.#transportIndex % transports.length];
    if (transport === undefined) throw new Error('there is no transport on this platform');
    return transport;
  }

  #connect(): void {
    this.#drop();
    const { environment, request } = this.#settings;
    if (!environment.isOnline()) this.#setStatus('offline');
    else if (!environment.isVisible()) this.#setStatus('stale');
    else this.#open(request);
  }

  #open(request: ConnectionSettings['request']): void {
    this.#setStatus(this.#held === undefined ? 'connecting' : 'reconnecting');
    this.#linkNumber += 1;
    const number = this.#linkNumber;
    // A link that was replaced may still speak; only the current one is heard.
    const current = (act: () => void) => (number === this.#linkNumber ? act() : undefined);
    const held = this.#held;
    const since = held && { epoch: held.epoch, seq: held.seq };
    const accessToken = this.#settings.accessToken();
    if (this.#isClosed) return;
    this.#awaitsSnapshot = true;
    this.#listenForSilence();
    const asked = {
      ...request,
      ...(since && { since }),
      ...(accessToken !== undefined && { accessToken }),
    };
    const link = this.#transport.open(asked, {
      onFrame: (frame) => current(() => this.#receive(frame)),
      onClosed: (reason, askedMs) => current(() => this.#retry(reason, askedMs)),
    });
    if (number === this.#linkNumber) this.#link = link;
    else link.close();
  }

  #receive(frame: ServerFrame): void {
    this.#listenForSilence();
    if (frame.type === 'error') {
      this.#refused(frame);
      return;
    }
    const outcome = foldFrame(this.#held, frame, this.#awaitsSnapshot);
    if (outcome.kind === 'resync') this.#resync();
    else this.#accept(frame, outcome);
  }

  #refused(frame: ErrorFrame): void {
    const wasFollowed = !this.#awaitsSnapshot;
    // Whatever comes after a refusal starts anew, a board that was removed and ranked again included.
    this.#awaitsSnapshot = true;
    this.#settings.onError(frame);
    if (this.#isClosed || frame.code !== 'access-expired' || !this.#settings.renewsToken) return;
    // A token that was over from the start is no reason to hurry.
    if (wasFollowed) this.#connect();
    else this.#retry();
  }

  #accept(frame: BoardFrame, outcome: Exclude<FrameOutcome, { kind: 'resync' }>): void {
    this.#failures = 0;
    // A resumed link continues with deltas or a heartbeat: either proves that our version was accepted.
    this.#awaitsSnapshot = false;
    this.#cancel('resync');
    this.#planUpgrade();
    if (outcome.kind === 'changed') {
      this.#held = outcome.view;
      this.#settings.onBoard(outcome.view);
    }
    this.#setStatus(
      frame.type === 'heartbeat' && standsStill(frame, this.#held) ? 'stale' : 'live',
    );
  }

  #resync(): void {
    this.#awaitsSnapshot = true;
    if (this.#timers.has('resync')) return;
    this.#after('resync', timing.resyncDeadline, () => this.#retry());
    this.#link?.requestSnapshot();
  }

  #retry(reason?: string, askedMs = 0): void {
    this.#drop();
    this.#setStatus(this.#held === undefined ? 'connecting' : 'reconnecting');
    this.#failures += 1;
    if (this.#failures % failuresPerTransport === 0) this.#transportIndex += 1;
    const full = Math.min(timing.retryMax, timing.retryFirst * 2 ** Math.min(this.#failures, 10));
    // A gateway that says goodbye says it to everybody at once; a lone cut is worth a quick try.
    const spread = reason === farewell ? Math.max(full, timing.farewellSpread) : full;
    // Full jitter: thousands of pages that lost the same gateway must not come back together.
    const delay = 100 + this.#settings.environment.random() * (spread - 100);
    const asked = Math.min(askedMs, askedMaxMs);
    this.#after('retry', asked + delay, () => this.#connect());
  }

  #hostChanged(): void {
    const { environment } = this.#settings;
    if (!environment.isOnline()) {
      this.#drop();
      this.#setStatus('offline');
    } else if (!environment.isVisible()) {
      this.#after('hidden', timing.hiddenGrace, () => this.#connect());
    } else {
      this.#cancel('hidden');
      if (this.#link === undefined) this.#connect();
    }
  }

  #listenForSilence(): void {
    this.#after('stale', timing.staleAfter, () => {
      if (this.#held !== undefined) this.#setStatus('stale');
    });
    this.#after('silence', timing.reconnectAfter, () => this.#retry());
  }

  /**
   * A fallback is for bad moments too: after a while the first choice gets another chance. Links that break meanwhile do not put
   * that off: a proxy that ends every stream within minutes would do so for ever.
   */
  #planUpgrade(): void {
    if (this.#transportIndex % this.#settings.transports.length === 0) this.#cancel(upgrade);
    else if (!this.#timers.has(upgrade)) {
      this.#after(upgrade, timing.upgradeAfter, () => {
        this.#transportIndex = 0;
        // Without a link the next one is it: after its wait, or when the page is seen again.
        if (this.#link) this.#connect();
      });
    }
  }

  #drop(): void {
    this.#linkNumber += 1;
    this.#link?.close();
    this.#link = undefined;
    for (const name of [...this.#timers.keys()]) if (name !== upgrade) this.#cancel(name);
  }

  #after(name: string, ms: number, callback: () => void): void {
    this.#cancel(name);
    if (this.#isClosed) return;
    const cancel = this.#settings.environment.after(ms, () => {
      this.#timers.delete(name);
      callback();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #setStatus(status: ConnectionStatus): void {
    if (this.#status === status || (this.#isClosed && status !== 'closed')) return;
    this.#status = status;
    this.#settings.onStatus(status, this.#transport.name);
  }
}

function standsStill(frame: HeartbeatFrame, held: BoardView | undefined): boolean {
  return frame.staleMs >= timing.boardStale && held !== undefined && held.items.length > 0;
}
