import type { Board, FrameItem } from '@trending/schemas';

/** One version of a board as it is served: with names joined, frozen for good. */
export interface BoardVersion {
  readonly key: string;
  readonly board: Board;
  readonly items: readonly FrameItem[];
}
