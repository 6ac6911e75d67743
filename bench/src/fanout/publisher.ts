import { createRegistry, type Log, type Serde, topicName } from '@trending/kafka';
import { type Board, boardFenceKey, boardKey, topics } from '@trending/schemas';
import type { BenchStack } from '../stack.ts';
import { logger, openLog } from '../views.ts';
import { BoardWalk, walkedWindows } from './board-walk.ts';

/** How often boards change, as in the goal. */
const stepMs = 500;

/** Plays the ranker on topics of its own: boards that change twice a second while it is on. */
export class Publisher {
  readonly #log: Log;
  readonly #serde: Serde<Board>;
  readonly #topic: string;
  readonly #walks = walkedWindows.map((window) => new BoardWalk(window));
  #timer: NodeJS.Timeout | undefined;

  private constructor(log: Log, serde: Serde<Board>, topic: string) {
    this.#log = log;
    this.#serde = serde;
    this.#topic = topic;
  }

  /** Every board has a first version when this returns. */
  static async open(stack: BenchStack, prefix: string): Promise<Publisher> {
    const registry = createRegistry({ url: stack.registryUrl, logger });
    const serde = await registry.serde<Board>(topics.rankings, prefix);
    const publisher = new Publisher(openLog(stack), serde, topicName(topics.rankings, prefix));
    const epoch = await publisher.#append([{ key: boardFenceKey, value: null }]);
    for (const walk of publisher.#walks) walk.restart(epoch);
    await publisher.step();
    return publisher;
  }

  on(): void {
    this.#timer ??= setInterval(() => void this.step(), stepMs);
  }

  off(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The next version of every board, scored now. */
  async step(): Promise<void> {
    await this.#append(
      this.#walks.map((walk) => {
        const board = walk.next(Date.now());
        const key = boardKey(board.formula.id, board.window, board.scope);
        return { key, value: this.#serde.encode(board) };
      }),
    );
  }

  async close(): Promise<void> {
    this.off();
    await this.#log.close();
  }

  #append(records: { key: string; value: Uint8Array | null }[]): Promise<number> {
    return this.#log.append({ topic: this.#topic, partition: 0 }, records);
  }
}
