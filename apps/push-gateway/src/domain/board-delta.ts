import { boardChecksum, type DeltaOp, type FrameItem } from '@trending/schemas';
import { same } from './same.ts';

export interface DeltaInput {
  readonly previous: readonly FrameItem[];
  readonly next: readonly FrameItem[];
  /** Places shown. */
  readonly limit: number;
}

export interface BoardDelta {
  /** Empty when the places shown are the same. */
  readonly ops: readonly DeltaOp[];
  readonly checksum: number;
}

/** What turns the first `limit` places of one board into those of the next; `applyDelta` of the frames undoes it. */
export function boardDelta({ previous, next, limit }: DeltaInput): BoardDelta {
  const before = new Map(previous.slice(0, limit).map((item) => [item.token, item]));
  const after = next.slice(0, limit);
  const ops: DeltaOp[] = [];
  for (const item of after) {
    const op = opOf(before.get(item.token), item);
    if (op !== undefined) ops.push(op);
    before.delete(item.token);
  }
  for (const token of before.keys()) ops.push({ op: 'leave', token });
  return { ops, checksum: boardChecksum(after) };
}

function opOf(held: FrameItem | undefined, item: FrameItem): DeltaOp | undefined {
  if (held === undefined) return { op: 'enter', item };
  if (!same({ ...held, rank: item.rank }, item)) return { op: 'update', item };
  return held.rank === item.rank ? undefined : { op: 'move', token: item.token, rank: item.rank };
}
