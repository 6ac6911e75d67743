import type { ConsumedRecord, TopicPartition } from '@trending/kafka';
import { type Board, deletedInEpoch } from '@trending/schemas';
import { BoardFolder, type BoardHead } from '../domain/board-fold.ts';
import { decoded, type RankPorts } from './rank-ports.ts';
import { detached, ReadAhead } from './read-ahead.ts';

/**
 * The boards in force up to an offset. It may know later records already: behind the fence that is asked for only that owner's own
 * count.
 */
export class KnownBoards {
  readonly #ports: RankPorts;
  #folder = new BoardFolder<BoardHead & { readonly bytes: Uint8Array }>();
  readonly #ahead: ReadAhead;

  constructor(ports: RankPorts) {
    this.#ports = ports;
    this.#ahead = new ReadAhead({
      log: ports.log,
      target: rankingsPartition(ports),
      take: (records) => this.#take(records),
      forget: () => {
        this.#folder = new BoardFolder();
      },
    });
  }

  /** Takes in the records below `offset` that it has not read yet. */
  readTo(offset: number): Promise<void> {
    return this.#ahead.readTo(offset);
  }

  /** Whole boards are decoded only now: a few among the thousands that wait for compaction. */
  async inForce(): Promise<ReadonlyMap<string, Board>> {
    const boards = new Map<string, Board>();
    for (const [key, { bytes }] of this.#folder.boards) {
      const board = await decoded(this.#ports.boards, bytes);
      if (board !== undefined) boards.set(key, board);
    }
    return boards;
  }

  async #take(records: readonly ConsumedRecord[]): Promise<void> {
    await visitRankings(this.#ports, records, ({ key, value, offset, headers }, head) => {
      const board = head === null || value === null ? null : { ...head, bytes: value };
      const deletedIn = deletedInEpoch(headers);
      this.#folder.apply({ key: keyOf({ key }), offset, board, deletedIn });
    });
    for (const [key, held] of this.#folder.boards) {
      const bytes = detached(held.bytes);
      if (bytes !== held.bytes) this.#folder.boards.set(key, { ...held, bytes });
    }
  }
}

export function rankingsPartition(ports: RankPorts): TopicPartition {
  return { topic: ports.rankingsTopic, partition: 0 };
}

type Visit = (record: ConsumedRecord, head: BoardHead | null) => void;

/** Visits the records of `[from, to)`; `head` is null for a tombstone. */
export async function eachRanking(
  ports: RankPorts,
  range: { readonly from: number; readonly to: number },
  visit: Visit,
): Promise<void> {
  if (range.from >= range.to) return;
  for await (const { records } of ports.log.read(rankingsPartition(ports), range))
    await visitRankings(ports, records, visit);
}

async function visitRankings(
  ports: RankPorts,
  records: readonly ConsumedRecord[],
  visit: Visit,
): Promise<void> {
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

export function keyOf({ key }: Pick<ConsumedRecord, 'key'>): string {
  return key === null ? '' : Buffer.from(key).toString('utf8');
}
