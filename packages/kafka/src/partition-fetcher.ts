import { AppError } from '@trending/runtime/errors';
import { createKafka, type KafkaLimits, type KafkaSettings } from './client.ts';
import { createCluster, type FetchedPartition, type InnerCluster } from './kafkajs-cluster.ts';
import { partitionKey, type TopicPartition } from './log-port.ts';

const readUncommitted = 0;
/** A fetch of this size without a record below the high watermark: not a hole, something is broken. */
export const fetchBytesMax = 64 * 1024 * 1024;
const clusterSettings = { metadataMaxAge: 300_000, allowAutoTopicCreation: false };

export interface FetchFrom {
  readonly offset: number;
  /** The broker gives at least one batch, whatever is asked for. */
  readonly bytes: number;
  /** How long the broker may wait for a record to come, ms. */
  readonly waitMs: number;
}

/** Single fetches from the leader of a partition, without a group, over connections of its own. */
export class PartitionFetcher {
  readonly #settings: KafkaSettings;
  readonly #limits: KafkaLimits;
  #cluster: Promise<InnerCluster> | undefined;

  constructor(settings: KafkaSettings, limits: KafkaLimits = {}) {
    this.#settings = settings;
    this.#limits = limits;
  }

  /** Compressed batches start before the offset asked: the answer may hold earlier messages. @throws kafkajs' errors, AppError BROKER_UNAVAILABLE. */
  async fetch(
    target: TopicPartition,
    { offset, bytes, waitMs }: FetchFrom,
  ): Promise<FetchedPartition> {
    const cluster = await this.#connect();
    await cluster.addTargetTopic(target.topic);
    const metadata = cluster.findTopicPartitionMetadata(target.topic);
    const leader = metadata.find(({ partitionId }) => partitionId === target.partition)?.leader;
    if (leader === undefined) throw unknownPartition(target);
    const broker = await cluster.findBroker({ nodeId: String(leader) });
    const partitions = [
      { partition: target.partition, fetchOffset: String(offset), maxBytes: bytes },
    ];
    const { responses } = await broker.fetch({
      maxWaitTime: waitMs,
      minBytes: 1,
      maxBytes: bytes,
      isolationLevel: readUncommitted,
      topics: [{ topic: target.topic, partitions }],
    });
    const answer = responses[0]?.partitions[0];
    if (answer === undefined) throw unknownPartition(target);
    return answer;
  }

  /** After a failure: leaders move, brokers restart, so who leads is asked again; without an answer the connections are made anew. Never rejects. */
  async recover(topic: string): Promise<void> {
    try {
      const cluster = await this.#connect();
      await cluster.addTargetTopic(topic);
      await cluster.refreshMetadata();
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  #connect(): Promise<InnerCluster> {
    this.#cluster ??= this.#open();
    return this.#cluster;
  }

  async #open(): Promise<InnerCluster> {
    const cluster = createCluster(createKafka(this.#settings, this.#limits), clusterSettings);
    try {
      await cluster.connect();
      return cluster;
    } catch (error) {
      this.#cluster = undefined;
      throw error;
    }
  }
}

export function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';
}

function unknownPartition(target: TopicPartition): AppError {
  return new AppError({
    code: 'BROKER_UNAVAILABLE',
    message: `${partitionKey(target)} has no known leader.`,
    retriable: true,
  });
}
