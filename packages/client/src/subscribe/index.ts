export type { BoardRef, DeltaOp, ErrorFrame, FrameItem } from '@trending/schemas/frames';
export { applyDelta, boardChecksum } from '@trending/schemas/frames';
export type { BoardView } from './board-model.ts';
export type { ConnectionStatus } from './connection.ts';
export type { Environment } from './environment.ts';
export {
  type BoardSubscription,
  baseUrl,
  type SubscribeOptions,
  subscribeBoard,
  type TransportName,
} from './subscribe-board.ts';
export type {
  Transport,
  TransportEvents,
  TransportLink,
  TransportRequest,
} from './transport.ts';
