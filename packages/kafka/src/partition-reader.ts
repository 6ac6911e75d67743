import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime/backoff';
import type { KafkaSettings } from './client.ts';
import { appErrorOf } from './kafka-errors.ts';
import { partitionKey, type ReadRange, type RecordBatch, type TopicPartition } from './log-port.ts';
import { type Fetched, isGap, PartitionFetcher } from './partition-fetcher.ts';
import { consumedRecords } from './record-mapping.ts';
import { inputGap } from './topic-errors.ts';

const fetchBytesInitial = 2 * 1024 * 1024;
/** A few records are not worth more. */
const fetchBytesPerRecord = 128 * 1024;
const fetchWaitMs = 100;
const attemptsMax = 8;
const backoff = { initialMs: 50, maxMs: 1_000 };

/** Reads ranges of partitions straight from their leaders, without a group. */
export class PartitionReader {
  readonly #fetcher: PartitionFetcher;

  constructor(settings: KafkaSettings) {
    this.#fetcher = new PartitionFetcher(settings);
  }

  /**
   * Batches of `[from, to)`; the next fetch runs while the caller works. Ends at `to` also when compaction or control records left
   * holes there. @throws AppError INPUT_GAP when the log begins after `from` (unless compacted) or ends before `to`.
   */
  async *read(
    target: TopicPartition,
    range: ReadRange,
    isCompacted: boolean,
  ): AsyncGenerator<RecordBatch> {
    let next = range.from;
    let ahead = this.#fetchAhead(target, { from: next, to: range.to });
    while (ahead !== undefined) {
      const answer = await ahead;
      const { messages, highWatermark } = answer;
      const first = Number(messages[0]?.offset ?? answer.next);
      if (Number(highWatermark) < range.to) throw inputGap(target, range.to, Number(highWatermark));
      if (first > next && !isCompacted) throw inputGap(target, next, first);
      next = answer.next;
      ahead = this.#fetchAhead(target, { from: next, to: range.to });
      const wanted = { below: range.to, withMarkers: range.withMarkers ?? false };
      const records = consumedRecords(target, messages, wanted);
      if (records.length === 0) continue;
      yield { ...target, records, highWatermark: Number(highWatermark) };
    }
  }

  close(): Promise<void> {
    return this.#fetcher.close();
  }

  #fetchAhead(target: TopicPartition, { from, to }: ReadRange): Promise<Fetched> | undefined {
    if (from >= to) return undefined;
    const ahead = this.#fetch(target, { from, to });
    // A caller that stops early leaves it alone; its failure must not surface as unhandled.
    ahead.catch(() => undefined);
    return ahead;
  }

  async #fetch(target: TopicPartition, { from: offset, to }: ReadRange): Promise<Fetched> {
    const bytes = Math.min(fetchBytesInitial, (to - offset) * fetchBytesPerRecord);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#fetcher.fetch(target, { offset, bytes, waitMs: fetchWaitMs });
      } catch (error) {
        if (isGap(error)) throw error;
        const what = `reading ${partitionKey(target)} from ${offset}`;
        const call = { what, topic: target.topic, code: 'BROKER_UNAVAILABLE' } as const;
        if (attempt + 1 >= attemptsMax) throw appErrorOf(error, call);
        await sleep(backoffDelay(backoff, attempt, 0.5));
        await this.#fetcher.recover(target.topic);
      }
    }
  }
}
