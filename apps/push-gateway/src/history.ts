import type { BoardRef } from '@trending/schemas';

/** Times in epoch ms; `[from, to)` and the step are whole steps. */
export interface HistoryQuestion {
  readonly token: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** Board that `bestRank` is taken from. */
  readonly window: string;
  readonly formula: string;
}

export interface HistoryPoint {
  readonly at: number;
  readonly views: number;
  readonly visitors: number;
  readonly bestRank: number | null;
}

export interface BoardAtQuestion {
  readonly board: BoardRef;
  readonly at: number;
}

export interface BoardAt {
  readonly asOf: number;
  readonly items: readonly {
    readonly rank: number;
    readonly token: string;
    readonly scoreMicro: number;
    readonly rawViews: number;
  }[];
}

/** What was. Errors: AppError CLICKHOUSE_UNAVAILABLE (retriable). */
export interface History {
  /** Steps with views or a rank, oldest first. */
  points(question: HistoryQuestion): Promise<readonly HistoryPoint[]>;
  /** The newest board not after `at`; undefined when there was none. */
  boardAt(question: BoardAtQuestion): Promise<BoardAt | undefined>;
}
