import type { ConsumedRecord, TopicPartition } from '@trending/kafka';
import { AppError, asError, backoffDelay } from '@trending/runtime';
import type { SinkBuffer, SinkRange } from './sink-buffer.ts';
import type { Delay, RowBlock, SinkLimits } from './sink-ports.ts';
import { deduplicationToken, type PendingRange, pendingMetadata } from './sink-protocol.ts';
import { tablesOf } from './sink-repair.ts';

export type SinkStep = 'decode' | 'before' | 'insert' | 'repair' | 'after';

export interface SinkFailure {
  readonly step: SinkStep;
  readonly attempt: number;
  readonly error: AppError;
}

export interface SinkTaskSettings {
  readonly target: TopicPartition;
  readonly buffer: SinkBuffer;
  readonly limits: SinkLimits;
  readonly delay: Delay;
  /** Rows of these records; repeated as a whole when the registry is away. */
  readonly encode: (records: readonly ConsumedRecord[]) => Promise<Omit<RowBlock, 'token'>>;
  readonly insert: (block: RowBlock) => Promise<void>;
  /** Makes good what one table may lack of a block whose insert was in doubt for a while. */
  readonly repair: (block: RowBlock, range: PendingRange, table: string) => Promise<void>;
  readonly commit: (offset: number, metadata: string) => Promise<void>;
  readonly setPaused: (isPaused: boolean) => void;
  readonly done: (range: SinkRange) => void;
  readonly failed: (failure: SinkFailure) => void;
  /** Something nobody expected: the process must end. */
  readonly crashed: (error: Error) => void;
}

/** Given with every abort: without a reason an exception is made each time, and nobody looks at it. */
const reason = 'no longer waited for';

/** Thrown inside to leave the loop; never seen outside. */
class Stopped extends Error {}

/** One partition's way into ClickHouse, range after range, as `sink-protocol.ts` orders it. */
export class SinkTask {
  readonly #settings: SinkTaskSettings;
  readonly #abort = new AbortController();
  #isClosing = false;
  #isPaused = false;
  #wake = Promise.withResolvers<void>();
  #full = new AbortController();
  #commitInFlight: Promise<unknown> = Promise.resolve();
  #finished: Promise<void> = Promise.resolve();

  constructor(settings: SinkTaskSettings) {
    this.#settings = settings;
  }

  /** Does it hold back its source until ClickHouse follows? */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  start(): void {
    this.#finished = this.#run().catch((error: unknown) => {
      if (error instanceof Stopped) return;
      this.#settings.crashed(asError(error));
    });
  }

  /** Takes records in; never waits, so the group's heartbeats go on whatever ClickHouse does. */
  accept(records: readonly ConsumedRecord[]): void {
    const { buffer } = this.#settings;
    buffer.add(records);
    if (buffer.isFull) this.#full.abort(reason);
    if (!this.#isPaused && buffer.wantsPause) this.#setPaused(true);
    this.#wake.resolve();
  }

  /** Finishes the range in flight if it can be done in time; what only waits is left to the next owner. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#full.abort(reason);
    this.#wake.resolve();
    const { delay, limits } = this.#settings;
    await Promise.race([this.#finished, delay(limits.handOverMs, this.#abort.signal)]);
    this.#abort.abort(reason);
    // A commit on its way must not overtake those of the next owner in this process.
    await this.#commitInFlight;
  }

  async #run(): Promise<void> {
    const { buffer, limits } = this.#settings;
    while (!this.#isClosing) {
      if (!buffer.hasRange) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
        continue;
      }
      await this.#unlessFull(limits.lingerMs);
      if (this.#isClosing) return;
      await this.#flush();
      // Every insert is a part in the raw table and in each roll-up, and all of them are merged: many small ones cost most.
      await this.#unlessFull(limits.restMs);
    }
  }

  async #unlessFull(ms: number): Promise<void> {
    const { buffer, delay } = this.#settings;
    this.#full = new AbortController();
    if (!buffer.isFull && !this.#isClosing && ms > 0) await delay(ms, this.#full.signal);
  }

  async #flush(): Promise<void> {
    const { buffer, target, encode, commit, done } = this.#settings;
    const isWrittenDown = buffer.isPending;
    const range = buffer.take();
    if (this.#isPaused && buffer.wantsResume) this.#setPaused(false);
    const { start, end } = range;
    const rows = await this.#retried('decode', () => encode(range.records));
    if (rows.rows > 0) {
      if (!isWrittenDown) {
        await this.#retried('before', () => this.#tracked(commit(start, pendingMetadata(end))));
      }
      const block = { ...rows, token: deduplicationToken({ ...target, start, end }) };
      const isDoubtful = await this.#insert(block);
      // Known tokens prove nothing then: the server may have been killed between noting the token and keeping the rows.
      if (isWrittenDown || isDoubtful) await this.#repair(block, range);
    }
    await this.#retried('after', () => this.#tracked(commit(end, '')));
    done(range);
  }

  /** Table by table: what one of them is known to have is not asked for again when the next fails. */
  async #repair(block: RowBlock, range: PendingRange): Promise<void> {
    const { repair } = this.#settings;
    for (const table of tablesOf(block)) {
      await this.#retried('repair', () => repair(block, range, table));
    }
  }

  /** True when it took more than one attempt. */
  async #insert(block: RowBlock): Promise<boolean> {
    let attempts = 0;
    await this.#retried('insert', () => {
      attempts += 1;
      return this.#settings.insert(block);
    });
    return attempts > 1;
  }

  async #retried<T>(step: SinkStep, act: () => Promise<T>): Promise<T> {
    const { delay, limits, failed } = this.#settings;
    for (let attempt = 0; ; attempt += 1) {
      if (this.#abort.signal.aborted) throw new Stopped();
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (this.#isClosing) throw new Stopped();
        failed({ step, attempt, error });
        await delay(backoffDelay(limits.retry, attempt, Math.random()), this.#abort.signal);
      }
    }
  }

  async #tracked(commit: Promise<void>): Promise<void> {
    this.#commitInFlight = commit.catch(() => undefined);
    await commit;
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#settings.setPaused(isPaused);
  }
}
