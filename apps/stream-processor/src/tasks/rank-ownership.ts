import { AppError } from '@trending/runtime';
import { type Board, boardFenceKey, deletedInEpoch } from '@trending/schemas';
import { fenceBoard } from '../domain/board-fold.ts';
import { eachRanking, type KnownBoards, keyOf, rankingsPartition } from './rank-known-boards.ts';
import { type RankPorts, readPatiently } from './rank-ports.ts';

/** A reign over the boards, as it begins. */
export interface TakeOver {
  readonly ownerId: string;
  /** Offset of our fence. */
  readonly epoch: number;
  /** Boards in force below the fence. */
  readonly boards: ReadonlyMap<string, Board>;
  /** No board may leave before the candidates below this offset are read, or boards would step back in time. */
  readonly catchUpTo: number;
}

/** What others wrote between our records. */
export interface ForeignRecords {
  /** A newer owner's fence is among them. */
  readonly isSuperseded: boolean;
  /** Keys of boards that another epoch wrote or deleted: compaction would keep that instead of ours. */
  readonly keys: readonly string[];
}

/** Fence first, then read: whatever an older owner still writes lands behind the fence and is void. What is known already is not read again. */
export async function takeOver(
  ports: RankPorts,
  ownerId: string,
  known: KnownBoards,
): Promise<TakeOver> {
  const { log, clock, boards, candidatesTopic } = ports;
  const value = boards.encode(fenceBoard(ownerId, clock.now()));
  const epoch = await log.append(rankingsPartition(ports), [{ key: boardFenceKey, value }]);
  const ends = await log.endOffsets(candidatesTopic);
  await readPatiently(ports, () => known.readTo(epoch));
  const inForce = await readPatiently(ports, () => known.inForce());
  return { ownerId, epoch, boards: inForce, catchUpTo: ends.get(0) ?? 0 };
}

/** Reads what stands in `[from, to)` of the rankings and is not ours. Copies of our own records do no harm. */
export async function foreignRecords(
  ports: RankPorts,
  own: Pick<TakeOver, 'ownerId' | 'epoch'>,
  range: { readonly from: number; readonly to: number },
): Promise<ForeignRecords> {
  let isSuperseded = false;
  const keys = new Set<string>();
  await eachRanking(ports, range, (record, board) => {
    const key = keyOf(record);
    if (key !== boardFenceKey) {
      const epoch = board === null ? deletedInEpoch(record.headers) : board.epoch;
      if (epoch !== own.epoch) keys.add(key);
    } else if (board?.formula.hash !== own.ownerId) isSuperseded = true;
  });
  return { isSuperseded, keys: [...keys] };
}

/** Ends a reign, not the process: the member joins again. */
export function superseded(epoch: number): AppError {
  return new AppError({
    code: 'APPEND_FAILED',
    message: `another ranker opened an epoch after ours (${epoch})`,
    retriable: true,
  });
}
