import type { Follower, FollowOptions, TopicPartition } from '../log-port.ts';
import { inputGap } from '../topic-errors.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { wantedOf } from './in-memory-topic.ts';

const batchRecordsMax = 500;

/** Follows one partition of an in-memory log; woken after every append. */
export class InMemoryFollower implements Follower {
  readonly #store: InMemoryStore;
  readonly #target: TopicPartition;
  readonly #options: FollowOptions;
  #next: number;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(store: InMemoryStore, target: TopicPartition, options: FollowOptions) {
    this.#store = store;
    this.#target = target;
    this.#options = options;
    const { startOffset } = store.topic(target.topic).partition(target.partition);
    this.#next = options.from === 'beginning' ? startOffset : options.from;
    this.wake();
  }

  get isBusy(): boolean {
    return !this.#isStopped && (this.#running !== undefined || this.#hasWork);
  }

  wake(): void {
    if (this.#isStopped || this.#running !== undefined || !this.#hasWork) return;
    this.#running = this.#pump()
      .catch((error: unknown) => {
        this.#isStopped = true;
        this.#options.crashed(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        this.#running = undefined;
        this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  get #hasWork(): boolean {
    const { topic, partition } = this.#target;
    return this.#next < this.#store.topic(topic).partition(partition).endOffset;
  }

  async #pump(): Promise<void> {
    // Not in the turn of the append: as with a broker, delivery comes later.
    await Promise.resolve();
    if (this.#isStopped) return;
    const { topic: name, partition } = this.#target;
    const topic = this.#store.topic(name);
    const { endOffset } = topic.partition(partition);
    const records = topic.slice(partition, this.#next, { limit: batchRecordsMax });
    const first = records[0]?.offset;
    if (!topic.isCompacted && first !== this.#next) throw inputGap(this.#target, this.#next, first);
    const next = (records.at(-1)?.offset ?? endOffset - 1) + 1;
    const isFurther = next > this.#next;
    this.#next = next;
    const batch = { topic: name, partition, highWatermark: endOffset, next };
    if (isFurther) await this.#options.batch({ ...batch, records: wantedOf(records, {}) });
  }
}
