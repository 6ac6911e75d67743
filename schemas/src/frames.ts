import type { BoardItem } from './board.ts';

/** Names one live board. */
export interface BoardRef {
  readonly formula: string;
  readonly window: string;
  readonly scope: string;
}

/** A version of one board: versions order by epoch, then seq. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

/**
 * Client → gateway: show me the first `limit` places of this board. `limit` is rounded up to a class of {@link limitClasses}.
 * `since` asks to continue exactly where I was: it must come from a frame of the same board and the same limit.
 * A second `subscribe` of a board replaces the first.
 */
export interface SubscribeFrame {
  readonly type: 'subscribe';
  readonly board: BoardRef;
  readonly limit?: number;
  readonly since?: Position;
}

export interface UnsubscribeFrame {
  readonly type: 'unsubscribe';
  readonly board: BoardRef;
}

/** What records of older writers do not have. */
type LifeField = 'stateSince' | 'verdict' | 'peakMicro' | 'burstSince';

/** What readers are not shown: networks are for operators, the basis for explanations. */
type UnshownField = 'networks' | 'basis';

/** A board item with what the page needs besides numbers; optional fields are absent when unknown. */
export interface FrameItem
  extends Omit<BoardItem, LifeField | UnshownField>,
    Partial<Pick<BoardItem, LifeField>> {
  readonly name?: string;
  readonly symbol?: string;
  readonly logoUri?: string;
  readonly categories?: readonly string[];
}

/** Common to all frames about a board; times in ms. */
export interface FrameHead {
  readonly board: BoardRef;
  readonly epoch: number;
  readonly seq: number;
  readonly asOf: number;
}

export interface FrameTimes {
  /** receivedAt of the newest view in it, 0 when none. */
  readonly receivedAt: number;
  readonly scoredAt: number;
  readonly pushedAt: number;
}

/** The board as it is now; `limit` is the class served. A board nobody has ranked yet has epoch 0, seq 0 and no items. */
export interface SnapshotFrame extends FrameHead, FrameTimes {
  readonly type: 'snapshot';
  readonly limit: number;
  readonly items: readonly FrameItem[];
  readonly checksum: number;
}

/** `enter` and `update` carry the whole item, its new rank included; `move` says that nothing but the rank changed. */
export type DeltaOp =
  | { readonly op: 'enter'; readonly item: FrameItem }
  | { readonly op: 'leave'; readonly token: string }
  | { readonly op: 'move'; readonly token: string; readonly rank: number }
  | { readonly op: 'update'; readonly item: FrameItem };

/** From version `prevSeq` to `seq` of the same epoch. Versions in which the shown places did not change are skipped. */
export interface DeltaFrame extends FrameHead, FrameTimes {
  readonly type: 'delta';
  readonly prevSeq: number;
  readonly ops: readonly DeltaOp[];
  /** {@link boardChecksum} of the items after the ops. */
  readonly checksum: number;
}

/**
 * At least every 10 s per subscription, and after every exact resume. (epoch, seq) is the version the client should hold; `asOf` and the
 * times are those of the board's newest version, which may show the same places. Gateways of older versions leave the times out.
 */
export interface HeartbeatFrame extends FrameHead, Partial<FrameTimes> {
  readonly type: 'heartbeat';
  /** Age of the board's newest version (now − scoredAt), ms; 0 when it was never ranked. */
  readonly staleMs: number;
}

export type FrameErrorCode =
  | 'bad-frame'
  | 'unknown-board'
  | 'too-many-subscriptions'
  | 'too-many-boards'
  | 'rate-limited'
  | 'board-removed'
  /** The board is private and the token of this connection does not grant it. */
  | 'access-denied'
  /** The token granted it until now: connect again with a new one. */
  | 'access-expired'
  /** Never sent: clients report a refused connection so, in the words of the REST answer if there is one. */
  | 'origin-not-allowed'
  | 'access-required'
  | 'bad-token'
  | 'token-expired'
  | 'bad-request';

/** Something asked for cannot be had; the connection lives on. Sent as event `error-frame` by Socket.IO and SSE. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly code: FrameErrorCode;
  readonly message: string;
  readonly board?: BoardRef;
}

/** Why the gateway ended a connection: WebSocket close reason, Socket.IO event and SSE event `bye`. */
export type CloseReason = 'slow' | 'rate-limited' | 'shutdown';

/** Limits served; asked limits are rounded up, so that one encoded frame serves many. */
export const limitClasses = [10, 20, 50, 100] as const;
export type LimitClass = (typeof limitClasses)[number];

/** Smallest class that holds `limit`; the largest for anything above. */
export function limitClassOf(limit: number): LimitClass {
  return limitClasses.find((size) => size >= limit) ?? 100;
}

/** Socket.IO events from the gateway. The payload is the frame itself. */
export interface ServerEvents {
  snapshot(frame: SnapshotFrame): void;
  delta(frame: DeltaFrame): void;
  heartbeat(frame: HeartbeatFrame): void;
  'error-frame'(frame: ErrorFrame): void;
  bye(bye: { readonly reason: CloseReason }): void;
}

/** Socket.IO events to the gateway; `type` may be left out, the event's name says it. */
export interface ClientEvents {
  subscribe(frame: Omit<SubscribeFrame, 'type'>): void;
  unsubscribe(frame: Omit<UnsubscribeFrame, 'type'>): void;
}

/** Event name of a frame on transports that name their events (Socket.IO, SSE). */
export function eventName(type: ServerFrame['type']): Exclude<keyof ServerEvents, 'bye'> {
  return type === 'error' ? 'error-frame' : type;
}

export type ServerFrame = SnapshotFrame | DeltaFrame | HeartbeatFrame | ErrorFrame;
export type ClientFrame = SubscribeFrame | UnsubscribeFrame;

/** FNV-1a, 32 bit, over `rank:token:scoreMicro;` of the items in rank order; server and clients agree on it. */
export function boardChecksum(
  items: readonly Pick<FrameItem, 'rank' | 'token' | 'scoreMicro'>[],
): number {
  let hash = 0x811c9dc5;
  for (const item of items) {
    const text = `${item.rank}:${item.token}:${item.scoreMicro};`;
    for (let i = 0; i < text.length; i += 1) {
      hash ^= text.charCodeAt(i);
      hash = Math.imul(hash, 0x01000193);
    }
  }
  return hash >>> 0;
}

/**
 * The items of a board after `ops`, in rank order; the server proves its deltas with the same function.
 * The order of the ops does not matter: leaves first, then whole items, then places.
 */
export function applyDelta(
  items: readonly FrameItem[],
  ops: readonly DeltaOp[],
): readonly FrameItem[] {
  const byToken = new Map(items.map((item) => [item.token, item]));
  for (const op of ops) if (op.op === 'leave') byToken.delete(op.token);
  for (const op of ops) {
    if (op.op === 'enter' || op.op === 'update') byToken.set(op.item.token, op.item);
  }
  for (const op of ops) {
    if (op.op !== 'move') continue;
    const item = byToken.get(op.token);
    if (item !== undefined) byToken.set(op.token, { ...item, rank: op.rank });
  }
  return [...byToken.values()].sort((a, b) => a.rank - b.rank);
}
