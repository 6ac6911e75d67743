import {
  type BoardRef,
  boardKey,
  type ErrorFrame,
  limitClassOf,
  type Position,
  type SubscribeFrame,
} from '@trending/schemas';
import type { BoardAccess } from '../domain/board-access.ts';
import type { Channel } from '../domain/channel.ts';
import { MessageBudget } from '../domain/message-budget.ts';
import { OutgoingFrame } from '../domain/outgoing-frame.ts';
import {
  type FrameProblem,
  messagesPerSecondMax,
  type ParsedFrame,
  subscriptionsMax,
} from '../protocol.ts';
import type { Connection } from './connection.ts';

/** One board held by one connection. */
export interface Subscription {
  readonly session: Session;
  readonly channel: Channel;
  /** What the client holds; undefined = it needs a snapshot. */
  position: Position | undefined;
}

/** What a session asks of the hub. */
export interface SessionHost {
  now(): number;
  /** The board's channel, or why there is none. */
  channelOf(
    board: BoardRef,
    limit: ReturnType<typeof limitClassOf>,
    access: BoardAccess,
  ): Channel | FrameProblem;
  hold(subscription: Subscription, resumed: boolean): void;
  release(subscription: Subscription): void;
  send(session: Session, frame: OutgoingFrame): void;
  ended(session: Session): void;
}

/** The places a client gets when it does not say. */
const defaultLimit = 20;

const accessOver = 'The access token has expired or was taken back; connect again with a new one.';

/** The conversation with one connection: what it holds and what it may still ask for. */
export class Session {
  readonly connection: Connection;
  readonly access: BoardAccess;
  /** Wall clock since when it is too far behind to be sent deltas; undefined while it keeps up. */
  laggingSince: number | undefined;
  readonly #host: SessionHost;
  readonly #budget = new MessageBudget(messagesPerSecondMax);
  readonly #subscriptions = new Map<string, Subscription>();
  #ended = false;

  constructor(connection: Connection, access: BoardAccess, host: SessionHost) {
    this.connection = connection;
    this.access = access;
    this.#host = host;
  }

  get subscriptions(): IterableIterator<Subscription> {
    return this.#subscriptions.values();
  }

  /** A message of the client. Whatever it is, the answer is frames, an error frame, or the end of the connection. */
  receive(parsed: ParsedFrame): void {
    if (this.#ended || !this.#mayTalk()) return;
    if (!parsed.ok) this.#refuse(parsed.problem);
    else if (parsed.frame.type === 'subscribe') this.#subscribe(parsed.frame);
    else this.#unsubscribe(parsed.frame.board);
  }

  /** The token is no longer valid: what it granted ends, public boards go on. */
  expire(): void {
    for (const { channel } of [...this.#subscriptions.values()]) {
      if (!this.access.isPrivate(channel.ref)) continue;
      this.dismiss({ code: 'access-expired', message: accessOver, board: channel.ref });
    }
  }

  /** It holds this board no longer, and hears why. */
  dismiss(problem: FrameProblem & { readonly board: BoardRef }): void {
    this.#unsubscribe(problem.board);
    this.#refuse(problem);
  }

  /** The connection is gone. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const subscription of this.#subscriptions.values()) this.#host.release(subscription);
    this.#subscriptions.clear();
    this.#host.ended(this);
  }

  #mayTalk(): boolean {
    const verdict = this.#budget.take(this.#host.now());
    if (verdict === 'first-over') {
      const message = `At most ${messagesPerSecondMax} messages a second; the rest of this second is ignored.`;
      this.#refuse({ code: 'rate-limited', message });
    }
    if (verdict === 'flood') this.connection.close('rate-limited');
    return verdict === 'within';
  }

  #subscribe(frame: SubscribeFrame): void {
    const { board } = frame;
    const key = boardKey(board.formula, board.window, board.scope);
    const held = this.#subscriptions.get(key);
    const channel = this.#channelFor(frame, held !== undefined);
    if ('code' in channel) {
      this.#refuse(channel);
      return;
    }
    if (held !== undefined) this.#host.release(held);
    const subscription = { session: this, channel, position: frame.since };
    this.#subscriptions.set(key, subscription);
    this.#host.hold(subscription, frame.since !== undefined);
  }

  #channelFor({ board, limit = defaultLimit }: SubscribeFrame, replaces: boolean) {
    if (!replaces && this.#subscriptions.size >= subscriptionsMax) {
      const message = `At most ${subscriptionsMax} boards per connection; unsubscribe from one first.`;
      return { code: 'too-many-subscriptions', message, board } satisfies FrameProblem;
    }
    if (this.access.isPrivate(board)) {
      const isOver = this.#host.now() >= this.access.expiresAt;
      if (isOver || !this.access.allows(board)) {
        const message = isOver ? accessOver : 'This board needs an access token that grants it.';
        return { code: isOver ? 'access-expired' : 'access-denied', message, board } as const;
      }
    }
    return this.#host.channelOf(board, limitClassOf(limit), this.access);
  }

  #unsubscribe(board: BoardRef): void {
    const key = boardKey(board.formula, board.window, board.scope);
    const held = this.#subscriptions.get(key);
    if (held === undefined) return;
    this.#subscriptions.delete(key);
    this.#host.release(held);
  }

  #refuse(problem: FrameProblem): void {
    const frame: ErrorFrame = { type: 'error', ...problem };
    this.#host.send(this, new OutgoingFrame(frame));
  }
}
