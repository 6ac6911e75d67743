import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@trending/runtime';
import { backoffDelay } from '@trending/runtime/backoff';
import { asError } from '@trending/runtime/errors';
import { OpenQuestions } from '@trending/runtime/open-questions';
import type { KafkaSettings } from './client.ts';
import {
  type Follower,
  type FollowOptions,
  partitionKey,
  type TopicPartition,
} from './log-port.ts';
import { type Fetched, isGap, PartitionFetcher } from './partition-fetcher.ts';
import { consumedRecords } from './record-mapping.ts';
import { inputGap } from './topic-errors.ts';

const fetchBytesInitial = 1024 * 1024;
/** The broker answers as soon as a record is there, so this only tells how often one asks where nothing happens. */
const fetchWaitMs = 3_000;
/** An answer is never further away than the wait: a line that is silent for longer is dead. */
const silenceMs = 8_000;
/** Every fetch is answered after the wait at the latest: without an answer for so long, tries and all, nothing new can be known. */
const unansweredMs = 10_000;
const backoff = { initialMs: 50, maxMs: 1_000 };
/** Failures in a row between two log lines. */
const failuresPerLine = 20;

export interface FollowedPartition extends TopicPartition {
  /** First offset to read. */
  readonly from: number;
  /** Offsets may have holes. */
  readonly isCompacted: boolean;
}

/**
 * Reads one partition from an offset on, for ever, straight from its leader: no group, so no coordinator whose loss could hold it
 * up. Has connections of its own, because an answer that waits for records would hold up whatever is asked behind it.
 */
export class PartitionFollower implements Follower {
  readonly #target: FollowedPartition;
  readonly #options: FollowOptions;
  readonly #logger: Logger;
  readonly #fetcher: PartitionFetcher;
  readonly #stopping = new AbortController();
  readonly #questions = new OpenQuestions(unansweredMs, { now: () => performance.now() });
  readonly #done: Promise<void>;

  constructor(settings: KafkaSettings, target: FollowedPartition, options: FollowOptions) {
    this.#target = target;
    this.#options = options;
    this.#logger = settings.logger;
    const until = this.#stopping.signal;
    this.#fetcher = new PartitionFetcher(settings, { silenceMs, until });
    this.#done = this.#run().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#stopping.abort();
      options.crashed(asError(error));
    });
  }

  problem = (): string | undefined => this.#questions.overdue();

  /** After the running batch; what is asked for is not waited for. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    await this.#fetcher.close();
  }

  async #run(): Promise<void> {
    const { topic, partition, isCompacted } = this.#target;
    let next = this.#target.from;
    let ahead = this.#fetchAhead(next);
    while (!this.#stopping.signal.aborted) {
      const answer = await ahead;
      if (answer === undefined) return;
      const { messages } = answer;
      const first = Number(messages[0]?.offset ?? answer.next);
      if (first > next && !isCompacted) throw inputGap(this.#target, next, first);
      const isFurther = answer.next > next;
      next = answer.next;
      ahead = this.#fetchAhead(next);
      const records = consumedRecords({ topic, partition }, messages);
      const highWatermark = Number(answer.highWatermark);
      if (isFurther) await this.#options.batch({ topic, partition, records, highWatermark, next });
    }
  }

  #fetchAhead(offset: number): Promise<Fetched | undefined> {
    const ahead = this.#questions.during(`reading ${partitionKey(this.#target)}`, () =>
      this.#fetch(offset),
    );
    // While a batch is worked on nobody waits for it yet; a failure shows when it is asked for.
    ahead.catch(() => undefined);
    return ahead;
  }

  /**
   * Tries for as long as it is wanted: a log that answers others is seen by the watchdog that compares positions with ends, so whoever
   * follows tells theirs there; one that answers nobody is told as a problem. Undefined once stopped.
   */
  async #fetch(offset: number): Promise<Fetched | undefined> {
    const from = { offset, bytes: fetchBytesInitial, waitMs: fetchWaitMs };
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt += 1) {
      try {
        return await this.#fetcher.fetch(this.#target, from);
      } catch (error) {
        if (isGap(error)) throw error;
        await this.#recover(error, attempt);
      }
    }
    return undefined;
  }

  async #recover(error: unknown, attempt: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    if (attempt % failuresPerLine === 0) {
      const what = `following ${partitionKey(this.#target)} failed, trying again`;
      this.#logger.warn({ err: error, attempt }, what);
    }
    await sleep(backoffDelay(backoff, attempt, 0.5), undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await this.#fetcher.recover(this.#target.topic);
  }
}
