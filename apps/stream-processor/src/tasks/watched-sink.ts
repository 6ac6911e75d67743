import type { TopicPartition } from '@trending/kafka';
import { asError, type Clock, OpenQuestions } from '@trending/runtime';
import type { RangeBlock, RowBlock, RowSink } from './sink-ports.ts';

/** Rows take a second or two; who waits for longer says so, long before the connection gives up. */
const unansweredMs = 10_000;
/** A question that failed is repeated within a second or two, unless nobody needs its answer any more. */
const failureFreshMs = 10_000;

/** The way to ClickHouse, and what ClickHouse has not answered: a silence shows before its time-out, also while a partition's start waits for it. */
export class WatchedSink implements RowSink {
  readonly #sink: RowSink;
  readonly #clock: Clock;
  readonly #questions: OpenQuestions;
  #failure: { readonly at: number; readonly message: string } | undefined;

  constructor(sink: RowSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
    this.#questions = new OpenQuestions(unansweredMs, clock);
  }

  /** Why rows do not get in, as far as ClickHouse is the reason. */
  problem(): string | undefined {
    const overdue = this.#questions.overdue();
    if (overdue !== undefined || this.#failure === undefined) return overdue;
    const { at, message } = this.#failure;
    return this.#clock.now() - at < failureFreshMs ? message : undefined;
  }

  insert(block: RowBlock): Promise<void> {
    return this.#asked(`insert into ${block.table}`, () => this.#sink.insert(block));
  }

  repair(block: RangeBlock, table: string): Promise<number> {
    return this.#asked(`repair of ${table}`, () => this.#sink.repair(block, table));
  }

  newestViewOffset(origin: TopicPartition): Promise<number> {
    const what = `question for the newest row of ${origin.topic}/${origin.partition}`;
    return this.#asked(what, () => this.#sink.newestViewOffset(origin));
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  async #asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.#questions.during(what, ask);
      this.#failure = undefined;
      return answer;
    } catch (error) {
      this.#failure = { at: this.#clock.now(), message: asError(error).message };
      throw error;
    }
  }
}
