import type { Clock, Part } from '@trending/runtime';
import { type BoardRef, boardKey, type LimitClass } from '@trending/schemas';
import type { BoardAccess } from '../domain/board-access.ts';
import { boardProblem } from '../domain/board-choice.ts';
import type { BoardShelf } from '../domain/board-shelf.ts';
import type { BoardVersion } from '../domain/board-version.ts';
import type { Channel } from '../domain/channel.ts';
import { OutgoingFrame } from '../domain/outgoing-frame.ts';
import type { FrameProblem } from '../protocol.ts';
import { Broadcaster } from './broadcaster.ts';
import { ChannelBook, type HeldChannel } from './channel-book.ts';
import type { Connection } from './connection.ts';
import { Patrol, patrolMs } from './patrol.ts';
import { defaultPressure, type Pressure } from './pressure.ts';
import type { PushMetrics } from './push-metrics.ts';
import { Session, type SessionHost, type Subscription } from './session.ts';

export interface HubSettings {
  readonly clock: Clock;
  /** Counts ms, and is never put forward or back; default: the clock. */
  readonly stopwatch?: Clock;
  readonly shelf: BoardShelf;
  readonly metrics: PushMetrics;
  readonly pressure?: Pressure;
  /** Every subscription hears something at least this often. */
  readonly heartbeatMs?: number;
  /** How often lagging connections are looked at. */
  readonly sweepMs?: number;
}

/** Boards that are held although nobody has ranked them yet. */
const unrankedBoardsMax = 256;
/** The same until the boards are caught up: most of them will turn out to be ranked. */
const unreadBoardsMax = 8_192;

/** One in a process: knows who holds which board, on whatever transport, and keeps them all at its newest version. */
export class Hub implements Part, SessionHost {
  readonly name = 'hub';
  readonly #settings: HubSettings;
  readonly #book = new ChannelBook();
  readonly #sessions = new Set<Session>();
  /** Those with a token, which ends some time or may be taken back. */
  readonly #expiring = new Set<Session>();
  readonly #broadcaster: Broadcaster;
  readonly #patrol: Patrol;
  #timers: readonly NodeJS.Timeout[] = [];
  #serving = false;
  #beating = false;
  #isStopped = false;

  constructor(settings: HubSettings) {
    this.#settings = settings;
    const { clock, stopwatch = clock, metrics, pressure = defaultPressure } = settings;
    this.#broadcaster = new Broadcaster({ clock, metrics, pressure });
    this.#patrol = new Patrol({ stopwatch, pressure });
  }

  get connectionCount(): number {
    return this.#sessions.size;
  }

  /** Boards that somebody holds, or held a short while ago. */
  get boardCount(): number {
    return this.#book.boardCount;
  }

  async start(): Promise<void> {
    if (this.#timers.length > 0) return;
    this.#isStopped = false;
    const { heartbeatMs = 8_000, sweepMs = 250 } = this.#settings;
    this.#timers = [
      setInterval(() => void this.beat(), heartbeatMs),
      setInterval(() => this.sweep(), sweepMs),
      setInterval(() => this.#patrol.round(this.#sessions), patrolMs),
    ];
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#isStopped = true;
    for (const { connection } of this.#sessions) connection.close('shutdown');
  }

  /** The boards are caught up: from now on subscriptions are answered. */
  serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    for (const held of this.#book.all()) {
      this.#dismiss(held);
      this.#fill(held);
      this.#broadcaster.touch(held);
    }
  }

  open(connection: Connection, access: BoardAccess): Session {
    const session = new Session(connection, access, this);
    this.#sessions.add(session);
    if (access.hasGrants) this.#expiring.add(session);
    this.#settings.metrics.opened(connection.transport);
    // The port is still open for a moment.
    if (this.#isStopped) connection.close('shutdown');
    return session;
  }

  publish(version: BoardVersion): void {
    if (!this.#serving) return;
    for (const held of this.#book.ofBoard(version.key)) {
      if (held.channel.publish(version, this.now())) this.#broadcaster.touch(held);
    }
  }

  /** The board was taken out of service: its holders are told, and wait for it to come back. */
  remove(key: string): void {
    for (const held of this.#book.ofBoard(key)) {
      held.channel.clear();
      const message = 'The board is no longer published; it continues by itself when it is.';
      const frame = new OutgoingFrame({
        type: 'error',
        code: 'board-removed',
        message,
        board: held.channel.ref,
      });
      void this.#broadcaster.toAll(held, frame);
      this.#broadcaster.touch(held);
    }
  }

  now(): number {
    return this.#settings.clock.now();
  }

  /** What is wrong with the board asked for. Which formulas there are is known once the boards are caught up. */
  problemWith(board: BoardRef, access: BoardAccess): string | undefined {
    return boardProblem(board, this.#serving ? this.#settings.shelf.formulas(access) : undefined);
  }

  channelOf(board: BoardRef, limit: LimitClass, access: BoardAccess): Channel | FrameProblem {
    const message = this.problemWith(board, access);
    if (message !== undefined) return { code: 'unknown-board', message, board };
    const key = boardKey(board.formula, board.window, board.scope);
    const found = this.#book.ofBoard(key).find(({ channel }) => channel.limit === limit);
    if (found !== undefined) return found.channel;
    if (!this.#mayHold(key)) {
      const text = 'Too many boards without views are asked for; try one of /api/v1/boards.';
      return { code: 'too-many-boards', message: text, board };
    }
    const held = this.#book.create(board, limit);
    this.#fill(held);
    return held.channel;
  }

  hold(subscription: Subscription, resumed: boolean): void {
    const held = this.#book.find(subscription.channel);
    if (held === undefined) return;
    held.holders.add(subscription);
    held.idleSince = undefined;
    if (!this.#serving) return;
    const advance = this.#broadcaster.advance(subscription);
    if (resumed && (advance === 'nothing' || advance === 'deltas')) {
      // Tells the client that its version was accepted, even when it missed nothing.
      this.send(subscription.session, held.channel.heartbeat(this.now()));
    }
  }

  release(subscription: Subscription): void {
    const held = this.#book.find(subscription.channel);
    held?.holders.delete(subscription);
    if (held?.holders.size === 0) held.idleSince = this.now();
  }

  send(session: Session, frame: OutgoingFrame): void {
    this.#broadcaster.send(session, frame);
  }

  ended(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    this.#expiring.delete(session);
    this.#broadcaster.forget(session);
    this.#settings.metrics.ended(session.connection.transport);
  }

  /** Slow connections catch up or are closed; tokens that have expired take their boards with them. */
  sweep(): void {
    this.#broadcaster.sweep();
    const now = this.now();
    for (const session of this.#expiring) {
      if (session.access.expiresAt > now) continue;
      this.#expiring.delete(session);
      session.expire();
    }
  }

  /** One heartbeat to every subscription; connections that do not read are closed. */
  async beat(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    this.#patrol.round(this.#sessions);
    this.#book.sweep(this.now());
    await this.#broadcaster.beat([...this.#book.all()]);
    this.#beating = false;
  }

  /** Those who came before the boards were caught up, for a formula that there is not. */
  #dismiss({ channel: { ref: board }, holders }: HeldChannel): void {
    const messages = new Map<BoardAccess, string | undefined>();
    for (const { session } of [...holders]) {
      const { access } = session;
      if (!messages.has(access)) messages.set(access, this.problemWith(board, access));
      const message = messages.get(access);
      if (message !== undefined) session.dismiss({ code: 'unknown-board', message, board });
    }
  }

  #fill({ channel }: HeldChannel): void {
    const { formula, window, scope } = channel.ref;
    const version = this.#settings.shelf.get(boardKey(formula, window, scope));
    if (this.#serving && version !== undefined) channel.publish(version, this.now());
  }

  #mayHold(key: string): boolean {
    const { shelf } = this.#settings;
    if (shelf.get(key) !== undefined || this.#book.has(key)) return true;
    const most = this.#serving ? shelf.size + unrankedBoardsMax : unreadBoardsMax;
    return this.#book.boardCount < most;
  }
}
