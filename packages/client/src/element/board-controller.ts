import type { BoardRef, FrameItem } from '@trending/schemas/frames';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import {
  type BoardSubscription,
  type BoardView,
  type ConnectionStatus,
  subscribeBoard,
  type TransportName,
} from '../subscribe/index.ts';
import { afterPaint } from './after-paint.ts';
import { Announcer } from './announcer.ts';
import { LatencyWindow } from './latency.ts';
import { type Movement, Movements } from './movements.ts';

export interface BoardTarget {
  readonly endpoint: string;
  readonly board: BoardRef;
  readonly limit: number;
  readonly transport: TransportName;
  readonly accessToken: string | undefined;
}

/** What a row shows of one version of the board. */
export interface BoardRow extends Movement {
  readonly item: FrameItem;
  /** Score against the board's first, thousandths: what is drawn, so a change of the first that nobody sees renders no row. */
  readonly strength: number;
}

/** Holds the followed board for an element and asks it to render when something visible changed. */
export class BoardController implements ReactiveController {
  readonly latency = new LatencyWindow();
  readonly announcer = new Announcer();
  view: BoardView | undefined;
  rows: readonly BoardRow[] = [];
  status: ConnectionStatus = 'connecting';
  /** What the gateway refused, in its words. */
  problem: string | undefined;
  readonly #movements = new Movements();
  readonly #host: ReactiveControllerHost;
  readonly #onShown: (view: BoardView) => void;
  #subscription: BoardSubscription | undefined;
  #followed = '';
  #unpaintedReceivedAt = 0;

  constructor(host: ReactiveControllerHost, onShown: (view: BoardView) => void) {
    this.#host = host;
    this.#onShown = onShown;
    host.addController(this);
  }

  /** Follows this board from now on; the same target again changes nothing. */
  follow(target: BoardTarget): void {
    const key = JSON.stringify(target);
    if (key === this.#followed) return;
    this.stop();
    this.#followed = key;
    this.view = undefined;
    this.rows = [];
    this.problem = undefined;
    this.status = 'connecting';
    this.#movements.clear();
    const { accessToken, ...followed } = target;
    this.#subscription = subscribeBoard({
      ...followed,
      ...(accessToken !== undefined && { accessToken }),
      onBoard: (view) => this.#show(view),
      onStatus: (status) => this.#setStatus(status),
      onError: (error) => this.#refuse(error.message),
    });
  }

  stop(): void {
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#followed = '';
  }

  hostDisconnected(): void {
    this.stop();
  }

  hostUpdated(): void {
    const receivedAt = this.#unpaintedReceivedAt;
    if (receivedAt === 0) return;
    this.#unpaintedReceivedAt = 0;
    afterPaint(() => this.latency.add(receivedAt, Date.now()));
  }

  #show(view: BoardView): void {
    this.view = view;
    this.problem = undefined;
    this.rows = this.#rowsOf(view.items, Date.now());
    this.announcer.observe(view.items, Date.now());
    if (view.madeBy === 'delta') this.#unpaintedReceivedAt = view.receivedAt;
    this.#host.requestUpdate();
    this.#onShown(view);
  }

  #rowsOf(items: readonly FrameItem[], now: number): readonly BoardRow[] {
    this.#movements.observe(items, now);
    const top = Math.max(1, items[0]?.scoreMicro ?? 1);
    return items.map((item) => ({
      item,
      ...this.#movements.of(item, now),
      strength: Math.round(Math.min(1, Math.max(0, item.scoreMicro / top)) * 1_000),
    }));
  }

  #setStatus(status: ConnectionStatus): void {
    if (status === 'closed') return;
    this.status = status;
    this.#host.requestUpdate();
  }

  #refuse(message: string): void {
    this.problem = message;
    this.#host.requestUpdate();
  }
}
