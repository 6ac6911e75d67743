import {
  type BoardRef,
  boardChecksum,
  type DeltaFrame,
  type DeltaOp,
  type FrameItem,
  type HeartbeatFrame,
  type SnapshotFrame,
} from '@trending/schemas/frames';

export const board: BoardRef = { formula: 'classic', window: '1h', scope: 'all' };

export function item(token: string, rank: number, changes: Partial<FrameItem> = {}): FrameItem {
  return {
    rank,
    token,
    previousRank: rank,
    scoreMicro: 1_000_000 * (100 - rank),
    observed: 0,
    expected: 0,
    rawViews: 100,
    previousViews: 50,
    visitors: 80,
    effectiveVisitors: 0,
    integrityMicro: 1_000_000,
    contributions: [],
    flags: [],
    since: 0,
    state: 'steady',
    sparkline: [],
    ...changes,
  };
}

const times = { asOf: 0, receivedAt: 0, scoredAt: 0, pushedAt: 0 };

export function snapshot(seq: number, items: readonly FrameItem[], epoch = 1): SnapshotFrame {
  const checksum = boardChecksum(items);
  return { type: 'snapshot', board, epoch, seq, limit: 20, items, checksum, ...times };
}

/** What turns `before` (version `seq − 1`) into `after`. */
export function delta(
  seq: number,
  before: readonly FrameItem[],
  after: readonly FrameItem[],
): DeltaFrame {
  const held = new Map(before.map((entry) => [entry.token, entry]));
  const kept = new Set(after.map(({ token }) => token));
  const ops: DeltaOp[] = [
    ...after.map(
      (entry): DeltaOp => ({ op: held.has(entry.token) ? 'update' : 'enter', item: entry }),
    ),
    ...[...held.keys()]
      .filter((token) => !kept.has(token))
      .map((token): DeltaOp => ({ op: 'leave', token })),
  ];
  const head = { board, epoch: 1, seq, prevSeq: seq - 1, checksum: boardChecksum(after) };
  return { type: 'delta', ...head, ops, ...times };
}

export function heartbeat(seq: number, staleMs = 0, epoch = 1): HeartbeatFrame {
  return { type: 'heartbeat', board, epoch, seq, asOf: 0, staleMs };
}
