import type { ConsumedRecord } from '@trending/kafka';
import { type Board, boardFenceKey, deletedInEpoch, topics } from '@trending/schemas';
import { BoardView, keyOf } from '../../apps/push-gateway/src/domain/board-view.ts';
import { Channel } from '../../apps/push-gateway/src/domain/channel.ts';
import {
  type BoardView as ClientBoard,
  foldFrame,
} from '../../packages/client/src/subscribe/board-model.ts';
import { Wrong } from './failure.ts';
import type { Faults } from './faults.ts';
import { oracleSerdes } from './shared-serde.ts';
import type { SimulatedLog } from './simulated-log.ts';

const limit = 10;

interface Shown {
  readonly channel: Channel;
  client: ClientBoard | undefined;
}

/** A gateway and one client of each board for all tokens: the real reader's rule, frames and client, told every record, some twice. */
export class Gateway {
  readonly log: SimulatedLog;
  readonly boards = new Map<string, Board>();
  position = 0;
  readonly #view = new BoardView();
  readonly #shown = new Map<string, Shown>();
  #greatestEpoch = -1;
  #lastBatch: readonly ConsumedRecord[] = [];
  readonly #faults: Faults;
  readonly #failed: (error: unknown) => void;

  constructor(log: SimulatedLog, faults: Faults, failed: (error: unknown) => void) {
    this.log = log;
    this.#faults = faults;
    this.#failed = failed;
  }

  async start(): Promise<void> {
    const target = { topic: topics.rankings.name, partition: 0 };
    await this.log.follow(target, {
      from: this.position,
      batch: async ({ records }) => {
        for (const record of [...this.#again(), ...records]) this.#take(record);
        this.#lastBatch = records;
      },
      crashed: this.#failed,
    });
  }

  /** The batch before, when its delivery is repeated. */
  #again(): readonly ConsumedRecord[] {
    return this.#faults.deliversAgain() ? this.#lastBatch : [];
  }

  #take(record: ConsumedRecord): void {
    const key = Buffer.from(record.key ?? []).toString('utf8');
    this.position = record.offset + 1;
    if (key === boardFenceKey) {
      this.#view.fence(record.offset);
      this.#greatestEpoch = Math.max(this.#greatestEpoch, record.offset);
    } else if (record.value === null) {
      if (!this.#view.remove(key, deletedInEpoch(record.headers))) return;
      this.boards.delete(key);
      this.#shown.delete(key);
    } else this.#apply(record.value);
  }

  #apply(value: Uint8Array): void {
    const decoded = oracleSerdes.boards.decode(value);
    if (decoded?.ok !== true) throw new Wrong('a record of the rankings is no board');
    const board = decoded.value;
    if (this.#view.apply(board).kind === 'dropped') return;
    if (board.epoch < this.#greatestEpoch)
      throw new Wrong(`a reader took epoch ${board.epoch} after ${this.#greatestEpoch}`);
    this.#greatestEpoch = board.epoch;
    this.#checkCut(board);
    this.boards.set(keyOf(board), board);
    if (board.scope === 'all') this.#show(board);
  }

  /** No partition's position may go back from one board to the next. */
  #checkCut(board: Board): void {
    const before = new Map(this.boards.get(keyOf(board))?.cut.map((one) => [one.partition, one]));
    for (const entry of board.cut) {
      const held = before.get(entry.partition);
      if (held === undefined) continue;
      const isBack =
        entry.epoch < held.epoch ||
        (entry.epoch === held.epoch &&
          (entry.inputOffset < held.inputOffset || entry.asOf < held.asOf));
      if (isBack)
        throw new Wrong(
          `board ${keyOf(board)} stepped back in partition ${entry.partition}: ${JSON.stringify(held)} → ${JSON.stringify(entry)}`,
        );
    }
  }

  #show(board: Board): void {
    const key = keyOf(board);
    const ref = { formula: board.formula.id, window: board.window, scope: board.scope };
    const shown = this.#shown.get(key) ?? { channel: new Channel(ref, limit), client: undefined };
    this.#shown.set(key, shown);
    const { channel, client } = shown;
    channel.publish({ key, board, items: board.items }, 0);
    const missed = client === undefined ? undefined : channel.missedSince(client);
    if (missed === undefined && client?.epoch === board.epoch)
      throw new Wrong(`a client that missed nothing of board ${key} cannot go on`);
    const frames = missed?.map(({ frame }) => frame) ?? [channel.snapshot(0).frame];
    for (const frame of frames) {
      const outcome = foldFrame(shown.client, frame, missed === undefined);
      if (outcome.kind === 'resync')
        throw new Wrong(`a client that missed nothing must ask again: ${outcome.reason}`);
      if (outcome.kind === 'changed') shown.client = outcome.view;
    }
    const text = (items: readonly { token: string; scoreMicro: number }[] | undefined) =>
      items
        ?.slice(0, limit)
        .map(({ token, scoreMicro }) => `${token} ${scoreMicro}`)
        .join();
    if (text(shown.client?.items) !== text(board.items))
      throw new Wrong(`a client shows something else than board ${key}`);
  }
}
