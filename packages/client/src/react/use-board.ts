import { defaultFormula } from '@trending/schemas/formulas';
import type { FrameItem } from '@trending/schemas/frames';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { BoardView, SubscribeOptions } from '../subscribe/index.ts';
import {
  type BoardState,
  type BoardTarget,
  connectingState,
  SharedBoards,
} from './shared-boards.ts';

export interface UseBoardOptions {
  /** Base URL of the gateway; default: the page's own origin. */
  readonly endpoint?: string;
  /** `5m`, `1h`, `6h`, `24h`; default `1h`. */
  readonly window?: string;
  /** Default `trending`. */
  readonly formula?: string;
  /** `all`, `chain:<chain>` or `category:<category>`; default `all`. */
  readonly scope?: string;
  /** Places wanted, 1 to 100; default 20. */
  readonly limit?: number;
  readonly transport?: SubscribeOptions['transport'];
  /** For private boards; another token means another connection. */
  readonly accessToken?: string;
  /** Shown until the first version arrives, and all there is on the server: a board from `fetchBoard`. */
  readonly initial?: BoardView;
}

export interface UseBoardResult extends BoardState {
  /** The places, best first; empty until there is a version. */
  readonly items: readonly FrameItem[];
}

const boards = new SharedBoards();
const usualLimit = 20;

/**
 * A live board. Components that ask for the same board share one connection, which closes with the last of them.
 * On the server, and while hydrating, it gives `initial` and opens nothing.
 */
export function useBoard(options: UseBoardOptions = {}): UseBoardResult {
  const { endpoint = '', window = '1h', formula = defaultFormula, scope = 'all' } = options;
  const { limit = usualLimit, transport, accessToken, initial } = options;
  const shared = useMemo(() => {
    const board = { formula, window, scope };
    const target: BoardTarget = { endpoint, board, limit, transport, accessToken };
    return boards.at(target);
  }, [endpoint, formula, window, scope, limit, transport, accessToken]);
  const listen = useCallback((listener: () => void) => shared.listen(listener), [shared]);
  const state = useSyncExternalStore(listen, shared.state, () => connectingState);
  return useMemo(() => {
    const view = state.view ?? initial;
    const items = view?.items.slice(0, limit) ?? [];
    return { ...state, view: view && { ...view, items }, items };
  }, [state, initial, limit]);
}
