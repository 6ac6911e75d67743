import { type Board, boardFenceKey } from '@trending/schemas';

/** What decides which board is in force. */
export type BoardHead = Pick<Board, 'formula' | 'epoch' | 'seq'>;

/** A record of the rankings topic; `board` is null for a tombstone. */
export interface BoardRecord<B extends BoardHead = Board> {
  readonly key: string;
  readonly offset: number;
  readonly board: B | null;
  /** Of a tombstone: whose it is, where it tells. */
  readonly deletedIn?: number | undefined;
}

/** The boards in force after some records, and the newest epoch seen. */
export interface BoardFold<B extends BoardHead = Board> {
  readonly boards: ReadonlyMap<string, B>;
  readonly epoch: number;
}

/**
 * Readers' rule of boards: a fence opens the epoch of its own offset; a board of an older epoch than the newest seen, or
 * one that does not come after the one held, is dropped. A tombstone removes a board, unless it tells an older epoch.
 */
export class BoardFolder<B extends BoardHead = Board> implements BoardFold<B> {
  readonly boards = new Map<string, B>();
  epoch = -1;

  apply({ key, offset, board, deletedIn }: BoardRecord<B>): boolean {
    if (key === boardFenceKey) return this.#open(offset);
    if (board === null) return (deletedIn ?? this.epoch) >= this.epoch && this.boards.delete(key);
    if (board.epoch < this.epoch) return false;
    const held = this.boards.get(key);
    if (held !== undefined && held.epoch === board.epoch && held.seq >= board.seq) return false;
    this.epoch = board.epoch;
    this.boards.set(key, board);
    return true;
  }

  #open(offset: number): boolean {
    if (offset <= this.epoch) return false;
    this.epoch = offset;
    return true;
  }
}

/** Value of a fence: a board of nothing. Its owner stands where the formula's hash would be. */
export function fenceBoard(ownerId: string, now: number): Board {
  return {
    formula: { id: boardFenceKey, version: 0, hash: ownerId },
    window: '',
    scope: '',
    epoch: 0,
    seq: 0,
    asOf: now,
    scoredAt: now,
    newestReceivedAt: 0,
    cut: [],
    controlOffset: 0,
    partial: [],
    totals: { tokens: 0, views: 0, effective: 0 },
    items: [],
    siteEffective: 0,
  };
}
