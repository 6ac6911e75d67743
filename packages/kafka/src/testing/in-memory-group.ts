import { partitionKey, type RunGroupOptions, type TopicPartition } from '../log-port.ts';
import { assignPartitions } from '../sticky-assignment.ts';
import { InMemoryMember, type MemberHome } from './in-memory-member.ts';
import type { InMemoryStore } from './in-memory-store.ts';

interface Commit {
  readonly offset: number;
  readonly metadata: string;
}

/** A consumer group with eager rebalancing: everybody loses everything, then the partitions are dealt again. */
export class InMemoryGroup implements MemberHome {
  readonly store: InMemoryStore;
  readonly members: InMemoryMember[] = [];
  readonly #commits = new Map<string, Commit>();
  readonly #groupId: string;
  #joined = 0;
  #open = 0;
  #rebalancing: Promise<void> = Promise.resolve();

  constructor(store: InMemoryStore, groupId: string) {
    this.store = store;
    this.#groupId = groupId;
  }

  /** Of the next member, which is its name too. */
  get nextId(): string {
    return `${this.#groupId}-${this.#joined + 1}`;
  }

  async join(options: RunGroupOptions): Promise<InMemoryMember> {
    for (const topic of options.topics) this.store.topic(topic);
    const member = new InMemoryMember(this, options, this.nextId);
    this.#joined += 1;
    this.members.push(member);
    await this.#rebalance();
    return member;
  }

  async leave(member: InMemoryMember): Promise<void> {
    const at = this.members.indexOf(member);
    if (at < 0) return;
    this.members.splice(at, 1);
    await this.#rebalance();
  }

  committed(partition: TopicPartition): Commit {
    return this.#commits.get(partitionKey(partition)) ?? { offset: -1, metadata: '' };
  }

  setCommitted(partition: TopicPartition, commit: Commit): void {
    this.#commits.set(partitionKey(partition), commit);
  }

  /** Is anybody restoring or handling, or could anybody? */
  get isBusy(): boolean {
    return this.#open > 0 || this.members.some((member) => member.isBusy);
  }

  /** Forces a rebalance, as a lost heartbeat would. */
  rebalance(): Promise<void> {
    return this.#rebalance();
  }

  #rebalance(): Promise<void> {
    this.#open += 1;
    this.#rebalancing = this.#rebalancing
      .then(() => this.#deal())
      .finally(() => {
        this.#open -= 1;
      });
    return this.#rebalancing;
  }

  async #deal(): Promise<void> {
    await Promise.all(this.members.map((member) => member.revoke().catch((e) => member.fail(e))));
    const members = this.members.map(({ id }) => ({ id, name: id }));
    const dealt = assignPartitions(members, this.#partitions());
    for (const member of [...this.members]) {
      // Restores run beside each other and beside the next rebalance, as with a real broker.
      this.#open += 1;
      member
        .assign(dealt.get(member.id) ?? [])
        .catch((error: unknown) => member.fail(error))
        .finally(() => {
          this.#open -= 1;
        });
    }
  }

  #partitions(): TopicPartition[] {
    const names = new Set(this.members.flatMap(({ options }) => options.topics));
    return [...names].flatMap((topic) =>
      this.store.topic(topic).partitions.map((_, partition) => ({ topic, partition })),
    );
  }
}
