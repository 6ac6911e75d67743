import type { ConsumedRecord, TopicPartition } from '@trending/kafka';
import { type Board, boardFenceKey } from '@trending/schemas';
import { BoardFolder, type BoardHead, fenceBoard } from '../domain/board-fold.ts';
import { decoded, type RankPorts } from './rank-ports.ts';

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
  /** Keys of boards of another epoch: compaction would keep them instead of ours. */
  readonly keys: readonly string[];
}

export function rankingsPartition(ports: RankPorts): TopicPartition {
  return { topic: ports.rankingsTopic, partition: 0 };
}

/** Fence first, then read: whatever an older owner still writes lands behind the fence and is void. */
export async function takeOver(ports: RankPorts, ownerId: string): Promise<TakeOver> {
  const { log, clock, boards, candidatesTopic } = ports;
  const value = boards.encode(fenceBoard(ownerId, clock.now()));
  const epoch = await log.append(rankingsPartition(ports), [{ key: boardFenceKey, value }]);
  const ends = await log.endOffsets(candidatesTopic);
  const starts = await log.startOffsets(ports.rankingsTopic);
  const range = { from: starts.get(0) ?? 0, to: epoch };
  return { ownerId, epoch, boards: await boardsInForce(ports, range), catchUpTo: ends.get(0) ?? 0 };
}

/** Whole boards are decoded only once it is known which ones are in force: a few among the thousands that wait for compaction. */
async function boardsInForce(
  ports: RankPorts,
  range: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, Board>> {
  const folder = new BoardFolder<BoardHead & { readonly bytes: Uint8Array }>();
  await eachRanking(ports, range, ({ key, value, offset }, head) => {
    const board = head === null || value === null ? null : { ...head, bytes: value };
    folder.apply({ key: keyOf({ key }), offset, board });
  });
  const boards = new Map<string, Board>();
  for (const [key, { bytes }] of folder.boards) {
    const board = await decoded(ports.boards, bytes);
    if (board !== undefined) boards.set(key, board);
  }
  return boards;
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
      if (board !== null && board.epoch !== own.epoch) keys.add(key);
    } else if (board?.formula.hash !== own.ownerId) isSuperseded = true;
  });
  return { isSuperseded, keys: [...keys] };
}

async function eachRanking(
  ports: RankPorts,
  range: { readonly from: number; readonly to: number },
  visit: (record: ConsumedRecord, head: BoardHead | null) => void,
): Promise<void> {
  if (range.from >= range.to) return;
  for await (const { records } of ports.log.read(rankingsPartition(ports), range)) {
    for (const record of records) {
      const head = record.value === null ? null : await decoded(ports.boardHeads, record.value);
      if (head === undefined)
        ports.logger.error(
          { topic: record.topic, partition: record.partition, offset: record.offset },
          'record of the rankings is no board, passed over',
        );
      else visit(record, head);
    }
  }
}

function keyOf({ key }: Pick<ConsumedRecord, 'key'>): string {
  return key === null ? '' : Buffer.from(key).toString('utf8');
}
