import { type Board, boardKey } from '@trending/schemas';

export interface BoardSampler {
  /** True for the first version of a board in every step of as-of time. Call in offset order. */
  takes(board: Board): boolean;
}

/**
 * Thins board history: boards change many times a second, history needs one version per step. Boards of a changed formula or a new
 * epoch are judged alike: as-of time is what a reader asks for. Memory: one number per board; boards come from a closed list.
 */
export function createBoardSampler(stepMs: number): BoardSampler {
  const lastStep = new Map<string, number>();
  return {
    takes({ formula, window, scope, asOf }) {
      const key = boardKey(formula.id, window, scope);
      const step = Math.floor(asOf / stepMs);
      if (lastStep.get(key) === step) return false;
      lastStep.set(key, step);
      return true;
    },
  };
}
