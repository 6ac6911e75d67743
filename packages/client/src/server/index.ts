export { type FetchBoardOptions, fetchBoard } from './fetch-board.ts';
export { type RenderableBoard, type RenderOptions, renderBoard } from './render-board.ts';
