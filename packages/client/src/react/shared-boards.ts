import { type BoardRef, type ErrorFrame, limitClassOf } from '@trending/schemas/frames';
import {
  type BoardSubscription,
  type BoardView,
  baseUrl,
  type ConnectionStatus,
  type SubscribeOptions,
  subscribeBoard,
} from '../subscribe/index.ts';

/** What a component sees of a board. The same object until something changes. */
export interface BoardState {
  /** Undefined until the first version is there. */
  readonly view: BoardView | undefined;
  readonly status: ConnectionStatus;
  /** What the gateway refused, until the next version. */
  readonly error: ErrorFrame | undefined;
}

/** Which board, followed how; equal targets share one connection. */
export interface BoardTarget {
  readonly endpoint: string;
  readonly board: BoardRef;
  readonly limit: number;
  readonly transport: SubscribeOptions['transport'];
  readonly accessToken?: string | undefined;
}

export const connectingState: BoardState = {
  view: undefined,
  status: 'connecting',
  error: undefined,
};

/** One followed board and who listens to it; connected while anybody does. */
export interface SharedBoard {
  /** Calls back on every change; the result ends it, and the connection with the last listener. */
  listen(listener: () => void): () => void;
  state(): BoardState;
}

type Subscribe = (options: SubscribeOptions) => BoardSubscription;

/** Boards that are listened to, by target. An entry leaves with its last listener, so the map is as large as the page. */
export class SharedBoards {
  readonly #subscribe: Subscribe;
  readonly #boards = new Map<string, FollowedBoard>();

  constructor(subscribe: Subscribe = subscribeBoard) {
    this.#subscribe = subscribe;
  }

  get size(): number {
    return this.#boards.size;
  }

  at(target: BoardTarget): SharedBoard {
    const key = keyOf(target);
    const current = () => this.#boards.get(key);
    return {
      state: () => current()?.state ?? connectingState,
      listen: (listener) => {
        const board = current() ?? this.#open(key, target);
        return board.listen(listener, () => {
          if (current() === board) this.#boards.delete(key);
        });
      },
    };
  }

  #open(key: string, target: BoardTarget): FollowedBoard {
    const board = new FollowedBoard(target, this.#subscribe);
    this.#boards.set(key, board);
    return board;
  }
}

class FollowedBoard {
  state = connectingState;
  readonly #listeners = new Set<() => void>();
  readonly #subscription: BoardSubscription;

  constructor({ transport, accessToken, ...target }: BoardTarget, subscribe: Subscribe) {
    this.#subscription = subscribe({
      ...target,
      // The gateway serves classes of limits anyway; components of one class share what it sends.
      limit: limitClassOf(target.limit),
      ...(transport !== undefined && { transport }),
      ...(accessToken !== undefined && { accessToken }),
      onBoard: (view) => this.#change({ view, error: undefined }),
      onStatus: (status) => this.#change({ status }),
      onError: (error) => this.#change({ error }),
    });
  }

  listen(listener: () => void, onLast: () => void): () => void {
    // One component may listen twice with the same function.
    const heard = () => listener();
    this.#listeners.add(heard);
    return () => {
      this.#listeners.delete(heard);
      // Not at once: StrictMode, and a component that moves, leave and come back within one task.
      queueMicrotask(() => {
        if (this.#listeners.size > 0) return;
        onLast();
        this.#subscription.close();
      });
    };
  }

  #change(change: Partial<BoardState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const transportNumbers = new WeakMap<object, number>();
let transportsSeen = 0;

function keyOf({ endpoint, board, limit, transport = 'auto', accessToken }: BoardTarget): string {
  const { formula, window, scope } = board;
  const place = [baseUrl(endpoint), formula, window, scope, limitClassOf(limit)];
  return JSON.stringify([...place, transportName(transport), accessToken]);
}

/** Transports of one's own may share a name; each object counts for itself. */
function transportName(transport: NonNullable<BoardTarget['transport']>): string | number {
  if (typeof transport === 'string') return transport;
  const known = transportNumbers.get(transport);
  if (known !== undefined) return known;
  transportsSeen += 1;
  transportNumbers.set(transport, transportsSeen);
  return transportsSeen;
}
