import {
  type Follower,
  type FollowOptions,
  partitionKey,
  type RecordBatch,
  type TopicPartition,
} from '@trending/kafka';
import { asError } from '@trending/runtime';
import { inputGap } from '../../packages/kafka/src/topic-errors.ts';
import type { Cluster } from './cluster.ts';
import type { Process } from './scheduler.ts';

/** Follows one partition of the simulated broker: batches of any size, each some time after it was there. */
export class SimulatedFollower implements Follower {
  readonly #cluster: Cluster;
  readonly #process: Process;
  readonly #target: TopicPartition;
  readonly #key: string;
  readonly #options: FollowOptions;
  #next: number;
  #isStopped = false;
  #handling: Promise<void> = Promise.resolve();

  constructor(
    { cluster, process }: { readonly cluster: Cluster; readonly process: Process },
    target: TopicPartition,
    options: FollowOptions,
  ) {
    this.#cluster = cluster;
    this.#process = process;
    this.#target = target;
    this.#key = partitionKey(target);
    this.#options = options;
    const { startOffset } = cluster.broker.topic(target.topic).partition(target.partition);
    this.#next = options.from === 'beginning' ? startOffset : options.from;
    this.#poll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#handling;
  }

  #poll(): void {
    const { broker } = this.#cluster;
    if (this.#isOver) return;
    const what = `follow ${this.#key}`;
    broker.scheduler.post(broker.process, what, () => this.#fetch());
  }

  get #isOver(): boolean {
    return this.#isStopped || !this.#process.isAlive;
  }

  #fetch(): void {
    if (this.#isOver) return;
    const { broker } = this.#cluster;
    const { topic, partition } = this.#target;
    const highWatermark = broker.end(topic, partition);
    if (this.#next >= highWatermark) {
      broker.onAppend(this.#target, () => this.#poll());
      return;
    }
    const limit = broker.scheduler.random.between(1, 40);
    const records = broker.topic(topic).slice(partition, this.#next, { limit });
    const what = `followed ${this.#key} ${this.#next}+${records.length}`;
    broker.scheduler.post(this.#process, what, () => {
      this.#handling = this.#deliver({ topic, partition, records, highWatermark }).then(
        () => this.#poll(),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  async #deliver(batch: RecordBatch): Promise<void> {
    if (this.#isOver) return;
    const { records, highWatermark } = batch;
    const first = records[0]?.offset;
    const { isCompacted } = this.#cluster.broker.topic(batch.topic);
    if (!isCompacted && first !== this.#next) throw inputGap(this.#target, this.#next, first);
    const next = (records.at(-1)?.offset ?? highWatermark - 1) + 1;
    await this.#options.batch({ ...batch, next });
    this.#next = next;
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#options.crashed(asError(error));
  }
}
