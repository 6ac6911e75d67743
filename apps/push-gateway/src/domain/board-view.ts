import { type Board, boardKey } from '@trending/schemas';

/** What a record of the rankings topic means to a reader. */
export type BoardChange =
  | { readonly kind: 'dropped'; readonly reason: 'older-epoch' | 'older-seq' }
  | { readonly kind: 'snapshot'; readonly board: Board }
  | { readonly kind: 'delta'; readonly previous: Board; readonly board: Board };

/** The key of a board's record. */
export function keyOf(board: Board): string {
  return boardKey(board.formula.id, board.window, board.scope);
}

/**
 * The newest board of every key, by the reader's rule: an epoch below the greatest seen (fences included) and a seq not above
 * the one held are dropped; a greater seq of the same epoch is a delta of two whole boards; a new epoch is a snapshot.
 */
export class BoardView {
  #greatestEpoch = -1;
  readonly #boards = new Map<string, Board>();

  /** A new ranker announced itself; the offset of its fence is its epoch. */
  fence(offset: number): void {
    this.#greatestEpoch = Math.max(this.#greatestEpoch, offset);
  }

  apply(board: Board): BoardChange {
    if (board.epoch < this.#greatestEpoch) return { kind: 'dropped', reason: 'older-epoch' };
    this.#greatestEpoch = board.epoch;
    const previous = this.#boards.get(keyOf(board));
    if (previous?.epoch === board.epoch && board.seq <= previous.seq)
      return { kind: 'dropped', reason: 'older-seq' };
    this.#boards.set(keyOf(board), board);
    return previous?.epoch === board.epoch
      ? { kind: 'delta', previous, board }
      : { kind: 'snapshot', board };
  }

  /**
   * A tombstone: the board is no longer published, unless it is the late word of a ranker of an older epoch. True when it was held and
   * is not any more.
   */
  remove(key: string, deletedIn = this.#greatestEpoch): boolean {
    return deletedIn >= this.#greatestEpoch && this.#boards.delete(key);
  }
}
