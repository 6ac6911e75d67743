import {
  applyDelta,
  type BoardRef,
  boardChecksum,
  type DeltaFrame,
  type FrameItem,
  type FrameTimes,
  type HeartbeatFrame,
  type SnapshotFrame,
} from '@trending/schemas/frames';

/** One version of a board as the client holds it. Times in epoch ms on the server's clock. */
export interface BoardView extends FrameTimes {
  readonly board: BoardRef;
  readonly epoch: number;
  readonly seq: number;
  readonly asOf: number;
  readonly items: readonly FrameItem[];
  /** The frame that made this version: only a delta tells of a change that happened just now. */
  readonly madeBy: 'snapshot' | 'delta';
}

export type BoardFrame = SnapshotFrame | DeltaFrame | HeartbeatFrame;

/** What a frame means for the held board. `resync`: the chain is broken, ask for a snapshot. */
export type FrameOutcome =
  | { readonly kind: 'changed'; readonly view: BoardView }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'resync'; readonly reason: 'gap' | 'checksum' };

/**
 * Folds one frame into the held board. `solicited` says that a snapshot answers a subscribe of ours: then it
 * replaces even a newer board, because a server whose log was made anew counts from the start again.
 */
export function foldFrame(
  held: BoardView | undefined,
  frame: BoardFrame,
  solicited: boolean,
): FrameOutcome {
  switch (frame.type) {
    case 'snapshot':
      return foldSnapshot(held, frame, solicited);
    case 'delta':
      return foldDelta(held, frame);
    case 'heartbeat':
      return foldHeartbeat(held, frame);
  }
}

function foldSnapshot(
  held: BoardView | undefined,
  frame: SnapshotFrame,
  solicited: boolean,
): FrameOutcome {
  if (boardChecksum(frame.items) !== frame.checksum) return { kind: 'resync', reason: 'checksum' };
  // Nobody ranks it any more: older than any version, and what comes after it begins anew.
  const isUnranked = frame.epoch === 0 && frame.seq === 0;
  const mayReplace = solicited || isUnranked || held === undefined || isNewer(frame, held);
  if (!mayReplace) return { kind: 'unchanged' };
  return { kind: 'changed', view: viewOf(frame, frame.items) };
}

function foldDelta(held: BoardView | undefined, frame: DeltaFrame): FrameOutcome {
  if (held !== undefined && !isNewer(frame, held)) return { kind: 'unchanged' };
  if (frame.epoch !== held?.epoch || frame.prevSeq !== held.seq)
    return { kind: 'resync', reason: 'gap' };
  const items = applyDelta(held.items, frame.ops);
  if (boardChecksum(items) !== frame.checksum) return { kind: 'resync', reason: 'checksum' };
  return { kind: 'changed', view: viewOf(frame, items) };
}

function foldHeartbeat(held: BoardView | undefined, frame: HeartbeatFrame): FrameOutcome {
  if (held === undefined || isNewer(frame, held)) return { kind: 'resync', reason: 'gap' };
  return { kind: 'unchanged' };
}

interface Version {
  readonly epoch: number;
  readonly seq: number;
}

function isNewer(a: Version, b: Version): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}

function viewOf(frame: SnapshotFrame | DeltaFrame, items: readonly FrameItem[]): BoardView {
  const { board, epoch, seq, asOf, receivedAt, scoredAt, pushedAt } = frame;
  return { board, epoch, seq, asOf, receivedAt, scoredAt, pushedAt, items, madeBy: frame.type };
}
