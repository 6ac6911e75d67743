import type { BoardItem } from './board.ts';

/** Names one live board. */
export interface BoardRef {
  readonly formula: string;
  readonly window: string;
  readonly scope: string;
}

/** Client → gateway: show me this board; `since` asks to continue exactly where I was. */
export interface SubscribeFrame {
  readonly type: 'subscribe';
  readonly board: BoardRef;
  readonly limit?: number;
  readonly since?: { readonly epoch: number; readonly seq: number };
}

export interface UnsubscribeFrame {
  readonly type: 'unsubscribe';
  readonly board: BoardRef;
}

/** A board item with what the page needs besides numbers; optional fields are absent when unknown. */
export interface FrameItem extends BoardItem {
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

export interface SnapshotFrame extends FrameHead, FrameTimes {
  readonly type: 'snapshot';
  readonly limit: number;
  readonly items: readonly FrameItem[];
  readonly checksum: number;
}

/** `enter` and `update` carry the whole item; `move` only its new place and changed numbers' item too when they changed. */
export type DeltaOp =
  | { readonly op: 'enter'; readonly item: FrameItem }
  | { readonly op: 'leave'; readonly token: string }
  | { readonly op: 'move'; readonly token: string; readonly rank: number }
  | { readonly op: 'update'; readonly item: FrameItem };

export interface DeltaFrame extends FrameHead, FrameTimes {
  readonly type: 'delta';
  readonly prevSeq: number;
  readonly ops: readonly DeltaOp[];
  /** {@link boardChecksum} of the items after the ops. */
  readonly checksum: number;
}

export interface HeartbeatFrame extends FrameHead {
  readonly type: 'heartbeat';
  readonly staleMs: number;
}

export interface ErrorFrame {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly board?: BoardRef;
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
