import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime/backoff';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { createKafka, type KafkaLimits, type KafkaSettings } from './client.ts';
import { joinedMember } from './group-assigner.ts';
import { appErrorOf, isBrokerGone, isLeaderMove } from './kafka-errors.ts';
import type { CommittedOffset, TopicPartition, TopicSpec } from './log-port.ts';
import type { AssignableMember } from './sticky-assignment.ts';
import { ownConfigOf, type TopicSettings } from './topic-config.ts';
import { partitionCountError, topicMissing } from './topic-errors.ts';

const { ConfigResourceTypes } = kafkajs;
const createTimeoutMs = 15_000;
/** With this backoff some 8 s: until a killed broker's session is over and others lead. */
const failoverRetriesMax = 12;
const failoverBackoff = { initialMs: 100, maxMs: 1_000 };

/** Questions about topics, offsets and groups, on a connection of its own. */
export class TopicsAdmin {
  readonly #settings: KafkaSettings;
  readonly #limits: KafkaLimits;
  #admin: Promise<Admin> | undefined;
  #asking: Promise<void> = Promise.resolve();

  constructor(settings: KafkaSettings, limits: KafkaLimits = {}) {
    this.#settings = settings;
    this.#limits = limits;
  }

  async partitionCount(topic: string): Promise<number> {
    const { topics } = await this.#ask(topic, (admin) =>
      admin.fetchTopicMetadata({ topics: [topic] }),
    );
    const count = topics[0]?.partitions.length ?? 0;
    if (count === 0) throw topicMissing(topic);
    return count;
  }

  async offsets(topic: string): Promise<{ start: Map<number, number>; end: Map<number, number> }> {
    await this.partitionCount(topic);
    const rows = await this.#ask(topic, (admin) => admin.fetchTopicOffsets(topic));
    rows.sort((a, b) => a.partition - b.partition);
    return {
      start: new Map(rows.map(({ partition, low }) => [partition, Number(low)])),
      end: new Map(rows.map(({ partition, high }) => [partition, Number(high)])),
    };
  }

  async offsetsForTime(topic: string, timestamp: number): Promise<Map<number, number>> {
    await this.partitionCount(topic);
    const rows = await this.#ask(topic, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, timestamp),
    );
    rows.sort((a, b) => a.partition - b.partition);
    return new Map(rows.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  async deleteBefore({ topic, partition }: TopicPartition, offset: number): Promise<void> {
    const partitions = [{ partition, offset: String(offset) }];
    await this.#ask(topic, async (admin) => {
      // On a connection that was asked nothing yet kafkajs looks for the leaders before it has loaded who they are.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions });
    });
  }

  async committed(groupId: string, topic: string): Promise<Map<number, CommittedOffset>> {
    const topics = await this.#ask(topic, (admin) =>
      admin.fetchOffsets({ groupId, topics: [topic] }),
    );
    const rows = topics.find((row) => row.topic === topic)?.partitions ?? [];
    return new Map(
      rows.map(({ partition, offset, metadata }) => [
        partition,
        { offset: Number(offset), metadata: metadata ?? '' },
      ]),
    );
  }

  /** Members of a group as its assigner sees them; none of a group that nobody knows. */
  async members(groupId: string): Promise<AssignableMember[]> {
    const { groups } = await this.#ask(`group ${groupId}`, (admin) =>
      admin.describeGroups([groupId]),
    );
    return groups.flatMap(({ members }) =>
      members.map(({ memberId, memberMetadata }) => joinedMember(memberId, memberMetadata)),
    );
  }

  async isCompacted(topic: string): Promise<boolean> {
    const [configs] = await this.#configsOf([topic]);
    return configs?.get('cleanup.policy')?.configValue?.includes('compact') ?? false;
  }

  /** Creates what is missing and settles the config of what is there. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    const existing = new Set(await this.#ask('(all)', (admin) => admin.listTopics()));
    const missing = specs.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) await this.#create(missing);
    const present = specs.filter(({ name }) => existing.has(name));
    if (present.length === 0) return;
    await this.#checkPartitionCounts(present);
    await this.#settleConfigs(present);
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then(
      (connected) => connected.disconnect(),
      () => undefined,
    );
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    const topics: ITopicConfig[] = specs.map(({ name, partitions, config }) => ({
      topic: name,
      numPartitions: partitions,
      // The broker's default: 1 on a laptop, 3 in production.
      replicationFactor: -1,
      configEntries: entriesOf(config),
    }));
    await this.#ask(specs[0]?.name ?? '', (admin) =>
      admin.createTopics({ topics, waitForLeaders: true, timeout: createTimeoutMs }),
    );
  }

  async #checkPartitionCounts(specs: readonly TopicSpec[]): Promise<void> {
    const names = specs.map(({ name }) => name);
    const { topics } = await this.#ask(names.join(', '), (admin) =>
      admin.fetchTopicMetadata({ topics: names }),
    );
    for (const spec of specs) {
      const found = topics.find(({ name }) => name === spec.name)?.partitions.length;
      if (found !== undefined && found !== spec.partitions) throw partitionCountError(spec, found);
    }
  }

  /** What an operator has set besides stays: the broker takes a list for the whole of a topic's own settings. */
  async #settleConfigs(specs: readonly TopicSpec[]): Promise<void> {
    const found = await this.#configsOf(specs.map(({ name }) => name));
    const resources = specs.flatMap(({ name, config }, i) => {
      const present = found[i];
      const isSettled = Object.entries(config).every(
        ([setting, value]) => present?.get(setting)?.configValue === value,
      );
      if (isSettled) return [];
      const configEntries = entriesOf({ ...ownConfigOf(present), ...config });
      return [{ type: ConfigResourceTypes.TOPIC, name, configEntries }];
    });
    if (resources.length === 0) return;
    await this.#ask(resources[0]?.name ?? '', (admin) =>
      admin.alterConfigs({ validateOnly: false, resources }),
    );
  }

  /** Settings per topic, in the order asked. */
  async #configsOf(names: readonly string[]): Promise<(TopicSettings | undefined)[]> {
    const { resources } = await this.#ask(names.join(', '), (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
      }),
    );
    return names.map((name) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries;
      return entries && new Map(entries.map((entry) => [entry.configName, entry]));
    });
  }

  /**
   * One question at a time: the client's metadata is shared, and a question that meets a closing connection would empty it under the
   * others. One retry on a fresh connection: the old one may have died with its broker. More while a leader moves, or one of several
   * brokers is gone.
   */
  #ask<T>(topic: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const answer = this.#asking.then(() => this.#askNow(topic, question));
    this.#asking = answer.then(
      () => undefined,
      () => undefined,
    );
    return answer;
  }

  async #askNow<T>(topic: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const call = { what: `asking about ${topic}`, topic, code: 'BROKER_UNAVAILABLE' } as const;
    for (let attempt = 0; ; attempt += 1) {
      const connected = this.#connect();
      try {
        return await question(await connected);
      } catch (error) {
        const failure = appErrorOf(error, call);
        if (!failure.retriable || attempt >= (await retriesFor(error, connected))) throw failure;
        // A fresh connection asks anew who leads.
        await this.close();
        await sleep(backoffDelay(failoverBackoff, attempt, 0.5));
      }
    }
  }

  #connect(): Promise<Admin> {
    this.#admin ??= this.#open();
    return this.#admin;
  }

  async #open(): Promise<Admin> {
    const admin = createKafka(this.#settings, this.#limits).admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.#admin = undefined;
      const what = `connecting to ${this.#settings.brokers.join(', ')}`;
      throw appErrorOf(error, { what, topic: '', code: 'BROKER_UNAVAILABLE' });
    }
  }
}

/** Where the cluster as a whole does not answer, waiting is not ours. */
async function retriesFor(error: unknown, connected: Promise<unknown>): Promise<number> {
  if (isLeaderMove(error)) return failoverRetriesMax;
  const isConnected = await connected.then(
    () => true,
    () => false,
  );
  return isConnected && isBrokerGone(error) ? failoverRetriesMax : 1;
}

function entriesOf(config: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}
