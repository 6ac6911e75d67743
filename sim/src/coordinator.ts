import { partitionKey, type TopicPartition } from '@trending/kafka';
import { assignPartitions } from '../../packages/kafka/src/sticky-assignment.ts';
import type { Broker } from './broker.ts';
import type { Process } from './scheduler.ts';

/** What a group asks of its members. */
export interface GroupMember {
  readonly id: string;
  readonly process: Process;
  readonly options: { readonly topics: readonly string[] };
  /** The end of the present assignment. */
  beginHandOver(): Promise<void>;
  assigned(partitions: readonly TopicPartition[], generation: number): void;
  /** Found out that the group goes on without it. */
  evicted(): void;
}

export interface Commit {
  readonly offset: number;
  readonly metadata: string;
}

/** How long a group waits for members that do not answer, and a member for its eviction to be noticed, ms. */
const rebalanceTimeoutMs = 6_000;

/** A consumer group as the broker keeps it: members, generations, commits. */
export class Group {
  readonly id: string;
  readonly #broker: Broker;
  readonly members: GroupMember[] = [];
  readonly commits = new Map<string, Commit>();
  /** Of the last assignment. */
  generation = 0;
  #round = 0;
  #awaited = new Set<GroupMember>();

  constructor(id: string, broker: Broker) {
    this.id = id;
    this.#broker = broker;
  }

  get isRebalancing(): boolean {
    return this.#awaited.size > 0;
  }

  join(member: GroupMember): void {
    if (!this.members.includes(member)) this.members.push(member);
    this.rebalance();
  }

  leave(member: GroupMember): void {
    const at = this.members.indexOf(member);
    if (at < 0) return;
    this.members.splice(at, 1);
    this.rebalance();
  }

  /** Throws the member out; it finds out later. */
  evict(member: GroupMember): void {
    if (!this.members.includes(member)) return;
    this.leave(member);
    const { scheduler } = this.#broker;
    scheduler.timer(3_000, () => member.evicted(), { owner: member.process });
  }

  /** The member's heartbeats have ended: it is thrown out when its session is over. */
  fellSilent(member: GroupMember): void {
    const { scheduler, process } = this.#broker;
    const ms = scheduler.random.between(500, rebalanceTimeoutMs);
    scheduler.timer(ms, () => this.evict(member), { owner: process });
  }

  /** Asks all members to hand over and join again; who does not answer in time is thrown out. */
  rebalance(): void {
    const { scheduler, process } = this.#broker;
    this.#round += 1;
    const round = this.#round;
    this.#awaited = new Set(this.members);
    for (const member of this.members)
      scheduler.post(member.process, `${this.id}: rebalance`, () => {
        if (round !== this.#round) return;
        void member.beginHandOver();
        scheduler.post(process, `${this.id}: ${member.process.name} rejoins`, () =>
          this.#joined(member, round),
        );
      });
    scheduler.timer(
      rebalanceTimeoutMs,
      () => {
        if (round === this.#round) for (const member of [...this.#awaited]) this.evict(member);
      },
      { owner: process },
    );
  }

  #joined(member: GroupMember, round: number): void {
    if (round !== this.#round || !this.#awaited.delete(member) || this.#awaited.size > 0) return;
    this.generation += 1;
    const { generation } = this;
    const all = this.members.map(({ process, id }) => ({ id, name: process.name }));
    const dealt = assignPartitions(all, this.#partitions());
    for (const one of this.members)
      this.#broker.scheduler.post(one.process, `${this.id}: assignment ${generation}`, () => {
        if (generation === this.generation) one.assigned(dealt.get(one.id) ?? [], generation);
      });
  }

  #partitions(): TopicPartition[] {
    const names = new Set(this.members.flatMap(({ options }) => options.topics));
    return [...names].flatMap((topic) =>
      this.#broker.topic(topic).partitions.map((_, partition) => ({ topic, partition })),
    );
  }

  committed(target: TopicPartition): Commit {
    return this.commits.get(partitionKey(target)) ?? { offset: -1, metadata: '' };
  }
}

/** The groups of the world. */
export class Coordinator {
  readonly #broker: Broker;
  readonly #groups = new Map<string, Group>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  group(id: string): Group {
    const known = this.#groups.get(id) ?? new Group(id, this.#broker);
    this.#groups.set(id, known);
    return known;
  }

  groups(): Group[] {
    return [...this.#groups.values()];
  }

  /** Dead members miss their heartbeats. */
  died(isOf: (member: GroupMember) => boolean): void {
    for (const group of this.#groups.values())
      for (const member of group.members.filter(isOf)) group.fellSilent(member);
  }
}
