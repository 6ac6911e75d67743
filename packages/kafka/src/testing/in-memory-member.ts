import {
  type GroupConsumer,
  partitionKey,
  type RunGroupOptions,
  type StartPosition,
  type TopicPartition,
} from '../log-port.ts';
import { PartitionEpochs } from '../partition-epochs.ts';
import { commitRefused, inputGap } from '../topic-errors.ts';
import { type InMemoryStore, resolvePosition } from './in-memory-store.ts';
import { wantedOf } from './in-memory-topic.ts';

const batchRecordsMax = 500;

/** What a member needs of its group. */
export interface MemberHome {
  readonly store: InMemoryStore;
  leave(member: InMemoryMember): Promise<void>;
  committed(partition: TopicPartition): { readonly offset: number; readonly metadata: string };
  setCommitted(
    partition: TopicPartition,
    commit: { readonly offset: number; readonly metadata: string },
  ): void;
}

/** One member of an in-memory group: pumps each partition, one batch at a time. */
export class InMemoryMember implements GroupConsumer {
  readonly options: RunGroupOptions;
  readonly id: string;
  owned: readonly TopicPartition[] = [];
  readonly #home: MemberHome;
  readonly #epochs = new PartitionEpochs();
  readonly #positions = new Map<string, number>();
  readonly #paused = new Set<string>();
  /** Owned, or just being handed over. */
  readonly #mayCommit = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #dead = false;

  constructor(home: MemberHome, options: RunGroupOptions, id: string) {
    this.#home = home;
    this.options = options;
    this.id = id;
  }

  get isBusy(): boolean {
    return !this.#dead && (this.#running.size > 0 || this.owned.some((p) => this.#hasWork(p)));
  }

  /** The end of one assignment: handlers become stale, then the application drains. */
  async revoke(): Promise<void> {
    const lost = this.owned;
    this.owned = [];
    this.#epochs.revokeAll();
    this.#positions.clear();
    if (!this.#dead && lost.length > 0) await this.options.revoked?.(lost);
    this.#mayCommit.clear();
  }

  /** A new assignment; fetching starts when `assigned` has given the positions. */
  async assign(partitions: readonly TopicPartition[]): Promise<void> {
    this.owned = partitions;
    this.#epochs.assign(partitions);
    for (const partition of partitions) this.#mayCommit.add(partitionKey(partition));
    this.#positions.clear();
    this.#paused.clear();
    const epochs = new Map(
      partitions.map((own) => [partitionKey(own), this.#epochs.epochOf(partitionKey(own))]),
    );
    const begin = (partition: TopicPartition, start: StartPosition) => {
      const key = partitionKey(partition);
      if (this.#dead || !this.#epochs.isCurrent(key, epochs.get(key) ?? -1)) return;
      const committed = this.#home.committed(partition).offset;
      this.#positions.set(key, resolvePosition(this.#home.store, { partition, start, committed }));
      this.wake(partition);
    };
    const begun = new Set<string>();
    const starts = await this.options.assigned(partitions, (partition, offset) => {
      begun.add(partitionKey(partition));
      begin(partition, offset);
    });
    for (const partition of partitions) {
      const key = partitionKey(partition);
      if (!begun.has(key)) begin(partition, starts.get(key) ?? 'committed');
    }
  }

  /** Delivers what there is; called after appends, resume, seek. */
  wake(partition: TopicPartition): void {
    const key = partitionKey(partition);
    if (this.#running.has(key) || !this.#hasWork(partition)) return;
    const pump = this.#pump(partition)
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#running.delete(key);
        this.wake(partition);
      });
    this.#running.set(key, pump);
  }

  /** The member is dead for good, as after a CRASH. */
  fail(error: unknown): void {
    if (this.#dead) return;
    this.kill();
    this.options.crashed(error instanceof Error ? error : new Error(String(error)));
  }

  /** Process death: no more deliveries, no hand-over. */
  kill(): void {
    this.#dead = true;
    this.owned = [];
    this.#epochs.revokeAll();
    void this.#home.leave(this);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(partitionKey(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#paused.delete(partitionKey(partition));
      this.wake(partition);
    }
  }

  seek(partition: TopicPartition, offset: number): void {
    const key = partitionKey(partition);
    if (!this.#positions.has(key)) return;
    this.#positions.set(key, offset);
    this.wake(partition);
  }

  async commit(partition: TopicPartition, offset: number, metadata = ''): Promise<void> {
    if (this.#dead || !this.#mayCommit.has(partitionKey(partition))) {
      throw commitRefused(partition, this.options.groupId);
    }
    this.#home.setCommitted(partition, { offset, metadata });
  }

  async committed(partition: TopicPartition) {
    return this.#home.committed(partition);
  }

  async stop(): Promise<void> {
    if (this.#dead) return;
    const owned = this.owned;
    this.pause(owned);
    await Promise.all(this.#running.values());
    await this.revoke();
    this.#dead = true;
    await this.#home.leave(this);
  }

  #hasWork(partition: TopicPartition): boolean {
    const key = partitionKey(partition);
    const position = this.#positions.get(key);
    if (this.#dead || position === undefined || this.#paused.has(key)) return false;
    return (
      position < this.#home.store.topic(partition.topic).partition(partition.partition).endOffset
    );
  }

  async #pump(target: TopicPartition): Promise<void> {
    // Not in the turn of the append: as with a broker, delivery comes later.
    await Promise.resolve();
    const key = partitionKey(target);
    const position = this.#positions.get(key);
    if (position === undefined || !this.#hasWork(target)) return;
    const topic = this.#home.store.topic(target.topic);
    const records = topic.slice(target.partition, position, { limit: batchRecordsMax });
    const { endOffset } = topic.partition(target.partition);
    const first = records[0]?.offset;
    if (!topic.isCompacted && first !== position) throw inputGap(target, position, first);
    const wanted = wantedOf(records, this.options);
    if (wanted.length > 0) await this.#deliver(target, wanted);
    const next = records.length > 0 ? (records.at(-1)?.offset ?? 0) + 1 : endOffset;
    if (this.#positions.get(key) === position) this.#positions.set(key, next);
  }

  async #deliver(target: TopicPartition, records: InMemoryBatch): Promise<void> {
    const key = partitionKey(target);
    const epoch = this.#epochs.epochOf(key);
    const isCurrent = () => !this.#dead && this.#epochs.isCurrent(key, epoch);
    const highWatermark = this.#home.store
      .topic(target.topic)
      .partition(target.partition).endOffset;
    const batch = { topic: target.topic, partition: target.partition, records, highWatermark };
    await this.options.batch(batch, { isCurrent, heartbeat: () => Promise.resolve() });
  }
}

type InMemoryBatch = Parameters<RunGroupOptions['batch']>[0]['records'];
