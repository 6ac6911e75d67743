export type { BoardView } from '../subscribe/index.ts';
export type { BoardState } from './shared-boards.ts';
export { type UseBoardOptions, type UseBoardResult, useBoard } from './use-board.ts';
