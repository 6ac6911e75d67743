import { AppError } from '@trending/runtime/errors';
import { createKafka, type KafkaLimits, type KafkaSettings } from './client.ts';
import {
  decodeFetchEnd,
  encodeFetch,
  fetchKey,
  fetchVersion,
  readUncommitted,
} from './fetch-protocol.ts';
import {
  createCluster,
  type FetchedPartition,
  type InnerBroker,
  type InnerCluster,
  rawRequest,
} from './kafkajs-cluster.ts';
import { partitionKey, type TopicPartition } from './log-port.ts';
import { inputGap } from './topic-errors.ts';

/** A fetch of this size without a record below the high watermark: not a hole, something is broken. */
const fetchBytesMax = 64 * 1024 * 1024;
const clusterSettings = { metadataMaxAge: 300_000, allowAutoTopicCreation: false };

export interface FetchFrom {
  readonly offset: number;
  /** At first; more where one batch is larger. */
  readonly bytes: number;
  /** How long the broker may wait for a record to come, ms. */
  readonly waitMs: number;
}

/** Messages of a partition, and where to go on: behind the last of them, or behind batches of which nothing is left. */
export interface Fetched extends FetchedPartition {
  readonly next: number;
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

  /**
   * Messages from `offset` on, at least one unless there is none below the high watermark in time. Compaction keeps the last batch of
   * every producer though no record of it is left, and a broker answers from one segment at a time: segments of such batches
   * alone are passed over.
   * @throws AppError INPUT_GAP when the log does not hold the offset; whatever kafkajs throws, and BROKER_UNAVAILABLE, may pass.
   */
  async fetch(target: TopicPartition, from: FetchFrom): Promise<Fetched> {
    let { offset, bytes } = from;
    while (bytes <= fetchBytesMax) {
      const answer = await this.#fetchOnce(target, { ...from, offset, bytes });
      // Compressed batches start before the offset asked.
      const messages = answer.messages.filter((message) => Number(message.offset) >= from.offset);
      const last = messages.at(-1);
      if (last !== undefined) return { ...answer, messages, next: Number(last.offset) + 1 };
      if (Number(answer.highWatermark) <= offset) return { ...answer, messages, next: offset };
      const end = await this.#endOfBatches(target, { offset, bytes });
      if (end !== undefined && end > offset) offset = end;
      else bytes *= 2;
    }
    throw inputGap(target, offset, undefined);
  }

  /** Where the batches end that an answer without messages was made of: kafkajs does not tell. */
  async #endOfBatches(
    target: TopicPartition,
    range: Pick<FetchFrom, 'offset' | 'bytes'>,
  ): Promise<number | undefined> {
    const leader = await this.#leaderOf(target);
    const answer = await leader.connectionPool.send(
      rawRequest(
        { key: fetchKey, version: fetchVersion, name: 'Fetch' },
        () => encodeFetch(target, range),
        decodeFetchEnd,
      ),
    );
    if (answer.errorCode !== 0) throw unknownPartition(target);
    return answer.end;
  }

  async #leaderOf(target: TopicPartition): Promise<InnerBroker> {
    const cluster = await this.#connect();
    await cluster.addTargetTopic(target.topic);
    const metadata = cluster.findTopicPartitionMetadata(target.topic);
    const leader = metadata.find(({ partitionId }) => partitionId === target.partition)?.leader;
    if (leader === undefined) throw unknownPartition(target);
    return cluster.findBroker({ nodeId: String(leader) });
  }

  async #fetchOnce(
    target: TopicPartition,
    { offset, bytes, waitMs }: FetchFrom,
  ): Promise<FetchedPartition> {
    const broker = await this.#leaderOf(target);
    const partitions = [
      { partition: target.partition, fetchOffset: String(offset), maxBytes: bytes },
    ];
    const asked = {
      ...{ maxWaitTime: waitMs, minBytes: 1, maxBytes: bytes, isolationLevel: readUncommitted },
      topics: [{ topic: target.topic, partitions }],
    };
    const { responses } = await broker.fetch(asked).catch((error: unknown) => {
      throw isOutOfRange(error) ? inputGap(target, offset, undefined) : error;
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

/** Nothing that a later try would not meet again. */
export function isGap(error: unknown): boolean {
  return error instanceof AppError && error.code === 'INPUT_GAP';
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';
}

function unknownPartition(target: TopicPartition): AppError {
  return new AppError({
    code: 'BROKER_UNAVAILABLE',
    message: `${partitionKey(target)} has no known leader.`,
    retriable: true,
  });
}
