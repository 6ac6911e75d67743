import type { ConsumedRecord, TopicPartition } from '@trending/kafka';
import { type Board, deletedInEpoch } from '@trending/schemas';
import { BoardFolder, type BoardHead } from '../domain/board-fold.ts';
import { decoded, type RankPorts } from './rank-ports.ts';

/** The boards in force up to an offset. A member that stands by keeps them level, so that taking over reads only what came since. */
export class KnownBoards {
  readonly #ports: RankPorts;
  #folder = new BoardFolder<BoardHead & { readonly bytes: Uint8Array }>();
  #next = 0;
  /** One reader at a time: each goes on where the one before ended. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: RankPorts) {
    this.#ports = ports;
  }

  /**
   * Takes in the records below `offset` that it has not read yet. It may know later ones already: behind the fence that is asked for only
   * that owner's own count.
   */
  readTo(offset: number): Promise<void> {
    const turn = this.#turn.then(() => this.#read(offset));
    this.#turn = turn.catch(() => undefined);
    return turn;
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

  async #read(to: number): Promise<void> {
    if (to < this.#next) {
      // A topic made anew begins at 0 again.
      const ends = await this.#ports.log.endOffsets(this.#ports.rankingsTopic);
      if ((ends.get(0) ?? 0) >= this.#next) return;
      this.#forget();
    }
    const starts = await this.#ports.log.startOffsets(this.#ports.rankingsTopic);
    const from = Math.max(this.#next, starts.get(0) ?? 0);
    await eachRanking(this.#ports, { from, to }, ({ key, value, offset, headers }, head) => {
      const board = head === null || value === null ? null : { ...head, bytes: value };
      const deletedIn = deletedInEpoch(headers);
      this.#folder.apply({ key: keyOf({ key }), offset, board, deletedIn });
      this.#next = offset + 1;
    });
    this.#next = Math.max(this.#next, to);
    this.#letGoOfBatches();
  }

  /** The bytes of a board are a piece of the batch it came in; kept for long, they must not keep the rest. */
  #letGoOfBatches(): void {
    for (const [key, held] of this.#folder.boards) {
      if (held.bytes.byteLength < held.bytes.buffer.byteLength)
        this.#folder.boards.set(key, { ...held, bytes: new Uint8Array(held.bytes) });
    }
  }

  #forget(): void {
    this.#folder = new BoardFolder();
    this.#next = 0;
  }
}

export function rankingsPartition(ports: RankPorts): TopicPartition {
  return { topic: ports.rankingsTopic, partition: 0 };
}

/** Visits the records of `[from, to)`; `head` is null for a tombstone. */
export async function eachRanking(
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

export function keyOf({ key }: Pick<ConsumedRecord, 'key'>): string {
  return key === null ? '' : Buffer.from(key).toString('utf8');
}
