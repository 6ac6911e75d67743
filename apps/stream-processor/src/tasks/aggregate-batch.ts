import {
  type BatchContext,
  beatingWhile,
  type ConsumedRecord,
  type Decoded,
  deadLetterRecord,
  type RecordBatch,
} from '@trending/kafka';
import type { FoldedView } from '../domain/folded-view.ts';
import type { DeadLetter } from '../topology.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { withRetries } from './retry.ts';

const heartbeatRecords = 5_000;
const heartbeatMs = 250;
/** The clock is asked only every so many records. */
const clockRecords = 256;
/** Dead letters held back at most before they are appended. */
const deadLettersMax = 500;

/** What a record without a value decodes to. */
export const noValue: Decoded<FoldedView> = {
  ok: false,
  reason: 'avro',
  detail: 'the record has no value; the views topic knows no tombstones',
};

/** Below this offset of a partition, dead letters are known to be in their topic. */
export type DeadLetteredUpTo = (task: AggregateTask) => Promise<number>;

export interface AggregateBatchesSettings {
  readonly ports: AggregatePorts;
  readonly deadLetteredUpTo: DeadLetteredUpTo;
  /** Called between two slices, and at the end of a batch; folding goes on when it resolves. */
  readonly between: (task: AggregateTask, isBatchEnd: boolean) => Promise<void>;
}

/** Folds the batches of the views topic and puts what is no view into the dead-letter topic. */
export class AggregateBatches {
  readonly #ports: AggregatePorts;
  readonly #settings: AggregateBatchesSettings;

  constructor(settings: AggregateBatchesSettings) {
    this.#settings = settings;
    this.#ports = settings.ports;
  }

  /**
   * Folds a batch in slices with heartbeats between them, and while it waits for an append. The dead letters of a slice are appended while the next one is folded, one
   * append at a time. When the partition is taken away it stops at a record's border; the dead letters of what was folded are
   * appended all the same, since the state stands behind them.
   */
  async handle(task: AggregateTask, batch: RecordBatch, context: BatchContext): Promise<void> {
    const { records } = batch;
    const deadLetters: DeadLetter[] = [];
    let appended: Promise<void> = Promise.resolve();
    let next = 0;
    this.#ports.views.lookAhead?.(records.map(({ value }) => value));
    for (;;) {
      const isEnd = next >= records.length;
      // Checkpoints need a time without dead letters under way: the end of a batch is one.
      if (isEnd) await beatingWhile(context, appended);
      await this.#checkpoint(task, context, isEnd);
      if (isEnd || !context.isCurrent()) return beatingWhile(context, appended);
      next = this.#foldSlice(task, { records, from: next, deadLetters });
      if (deadLetters.length > 0) {
        task.deadLettersPending += deadLetters.length;
        await beatingWhile(context, appended);
        appended = this.#appendDeadLetters(task, deadLetters.splice(0));
        // It is awaited later; until then a failure has somebody who will hear of it.
        appended.catch(() => undefined);
      }
      const stuck = records[next];
      if (stuck !== undefined && this.#isUndecided(stuck))
        await this.#resolve(records.slice(next), context);
      await context.heartbeat();
    }
  }

  /** Behind a hand-over nothing may be written any more under the name that fenced before it. */
  async #checkpoint(
    task: AggregateTask,
    context: BatchContext,
    isBatchEnd: boolean,
  ): Promise<void> {
    if (!context.isCurrent()) return;
    await beatingWhile(context, this.#settings.between(task, isBatchEnd));
  }

  /** Folds until the slice is long enough or a record needs a schema that is not here yet; returns the next index. */
  #foldSlice(
    task: AggregateTask,
    slice: { records: readonly ConsumedRecord[]; from: number; deadLetters: DeadLetter[] },
  ): number {
    const { records, from, deadLetters } = slice;
    const { clock, views } = this.#ports;
    const end = Math.min(records.length, from + heartbeatRecords);
    const until = clock.now() + heartbeatMs;
    for (let i = from; i < end; i += 1) {
      const record = records[i] as ConsumedRecord;
      const decoded = record.value === null ? noValue : views.decode(record.value);
      if (decoded === undefined) return i;
      const deadLetter = task.fold(record, decoded);
      if (deadLetter !== undefined) deadLetters.push(deadLetter);
      if (deadLetters.length >= deadLettersMax) return i + 1;
      if (i % clockRecords === 0 && clock.now() > until) return i + 1;
    }
    return end;
  }

  #isUndecided({ value }: ConsumedRecord): boolean {
    return value !== null && this.#ports.views.decode(value) === undefined;
  }

  /** Fetches the writer's schema of the first, and what the others need with it; the registry may be away for a while. */
  async #resolve(undecided: readonly ConsumedRecord[], context: BatchContext): Promise<void> {
    const [first = null, ...ahead] = undecided.map(({ value }) => value);
    if (first === null) return;
    const resolved = withRetries(
      // Whoever lost the partition meanwhile need not know.
      async () => (context.isCurrent() ? this.#ports.views.resolve(first, ahead) : undefined),
      (error, attempt) =>
        this.#ports.logger.warn({ err: error, attempt }, 'schema registry does not answer'),
    );
    await beatingWhile(context, resolved);
  }

  async #appendDeadLetters(task: AggregateTask, deadLetters: readonly DeadLetter[]): Promise<void> {
    const { log, logger, metrics, deadLettersTopic } = this.#ports;
    const known = await this.#settings.deadLetteredUpTo(task);
    const fresh = deadLetters.filter(({ record }) => record.offset >= known);
    if (fresh.length > 0) {
      const target = { topic: deadLettersTopic, partition: task.partition };
      await withRetries(
        () => log.append(target, fresh.map(toRecord)),
        (error) => logger.warn({ err: error }, 'dead letters could not be appended yet'),
      );
    }
    for (const { reason } of fresh) metrics.deadLetters.inc({ reason });
    task.deadLettersPending -= deadLetters.length;
  }
}

function toRecord({ record, reason, detail }: DeadLetter) {
  const stage = reason === 'bad_magic' || reason === 'unknown_schema' || reason === 'avro';
  return deadLetterRecord(record, { stage: stage ? 'decode' : 'validate', reason, detail });
}
