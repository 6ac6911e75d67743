import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime/backoff';
import { createKafka, type KafkaSettings } from './client.ts';
import {
  createCluster,
  type InnerBroker,
  type InnerCluster,
  rawRequest,
} from './kafkajs-cluster.ts';
import type { LaneProducer, SendReceipt } from './lane-producer.ts';
import type { LaneBatch } from './lane-queue.ts';
import { partitionKey } from './log-port.ts';
import { isPassingFailure, produceError } from './produce-errors.ts';
import {
  type AddressedBatch,
  decodeProduce,
  encodeProduce,
  type ProduceAnswer,
  produceKey,
  produceVersion,
} from './produce-protocol.ts';
import { encodeBatch, encodePackedBatch } from './record-batch.ts';

/** Below the lanes' deadline, so that a lost answer is asked for again within it. */
const requestTimeoutMs = 4_000;
/** Small batches gain nothing from compression. */
const gzipBytesMin = 64 * 1024;
const transactionTimeout = 60_000;
const resendsMax = 5;
const backoff = { initialMs: 50, maxMs: 1_000 };
const sequenceEnd = 2 ** 31;

type Answered = (receipts: readonly SendReceipt[]) => void;

/** A batch on its way, encoded once: a resend is byte for byte the same, so the broker can tell it is a repeat. */
interface Outgoing extends AddressedBatch {
  readonly records: number;
}

/** A batch that may be sent again, and why it has to. */
interface Unsent {
  readonly batch: Outgoing;
  readonly error: unknown;
}

/** An idempotent producer over kafkajs' connections, with an outcome of its own for every partition of a send. */
export function createLaneProducer(settings: KafkaSettings): LaneProducer {
  const kafka = createKafka(settings, { requestMs: requestTimeoutMs });
  return new IdempotentProducer(
    createCluster(kafka, {
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
    }),
  );
}

/**
 * Numbers the records of each partition, so that the broker drops repeats. A batch whose answer is missing or tells of a passing
 * state is sent again, the same bytes, to whoever leads the partition by then; batches already answered are never sent again.
 */
export class IdempotentProducer implements LaneProducer {
  readonly #cluster: InnerCluster;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #topics = new Set<string>();
  readonly #sequences = new Map<string, number>();
  #identity = { producerId: -1n, producerEpoch: -1 };
  #isClosed = false;

  /** `pause` waits so many milliseconds before a batch is sent again. */
  constructor(cluster: InnerCluster, pause: (ms: number) => Promise<unknown> = sleep) {
    this.#cluster = cluster;
    this.#pause = pause;
  }

  async connect(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#cluster.connect();
        await this.#cluster.refreshMetadataIfNecessary();
        const broker = await this.#cluster.findControllerBroker();
        const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout });
        this.#identity = { producerId: BigInt(producerId), producerEpoch };
        return;
      } catch (error) {
        if (this.#isClosed || attempt >= resendsMax || !isPassingFailure(error)) throw error;
        await this.#pause(backoffDelay(backoff, attempt, 0.5));
      }
    }
  }

  async disconnect(): Promise<void> {
    this.#isClosed = true;
    await this.#cluster.disconnect();
  }

  async send(batches: readonly LaneBatch[], answered: Answered): Promise<void> {
    let open = await Promise.all(batches.map((batch) => this.#encode(batch)));
    for (let attempt = 0; ; attempt += 1) {
      const unsent = await this.#attempt(open, answered);
      if (unsent.length === 0) return;
      if (this.#isClosed || attempt >= resendsMax) {
        answered(unsent.map(({ batch, error }) => failedReceipt(batch, error)));
        return;
      }
      open = unsent.map(({ batch }) => batch);
      await this.#pause(backoffDelay(backoff, attempt, 0.5));
      await this.#findLeadersAnew();
    }
  }

  /** One request to every leader concerned. Answers what is final and returns what is to be sent again. */
  async #attempt(batches: readonly Outgoing[], answered: Answered): Promise<Unsent[]> {
    if (this.#isClosed)
      return batches.map((batch) => ({ batch, error: new Error('disconnected') }));
    const unsent: Unsent[] = [];
    const fail = (failed: readonly Outgoing[], error: unknown): void => {
      if (isPassingFailure(error)) unsent.push(...failed.map((batch) => ({ batch, error })));
      else answered(failed.map((batch) => failedReceipt(batch, error)));
    };
    const byLeader = await this.#byLeader(batches, fail);
    await Promise.all(
      [...byLeader].map(async ([leader, own]) => {
        const answer = await this.#produce(leader, own).catch((error: unknown) => error);
        if (!isAnswer(answer)) return fail(own, answer);
        unsent.push(...this.#settle(own, answer, answered));
      }),
    );
    return unsent;
  }

  async #byLeader(
    batches: readonly Outgoing[],
    fail: (failed: readonly Outgoing[], error: unknown) => void,
  ): Promise<Map<number, Outgoing[]>> {
    const byLeader = new Map<number, Outgoing[]>();
    for (const [topic, own] of Map.groupBy(batches, ({ target }) => target.topic)) {
      try {
        await this.#know(topic);
      } catch (error) {
        fail(own, error);
        continue;
      }
      const partitions = this.#cluster.findTopicPartitionMetadata(topic);
      for (const batch of own) {
        const found = partitions.find(({ partitionId }) => partitionId === batch.target.partition);
        const leader = found?.leader ?? -1;
        if (leader < 0) fail([batch], produceError(leaderNotAvailable).error);
        else byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
      }
    }
    return byLeader;
  }

  async #know(topic: string): Promise<void> {
    if (this.#topics.has(topic)) return this.#cluster.refreshMetadataIfNecessary();
    await this.#cluster.addTargetTopic(topic);
    this.#topics.add(topic);
  }

  async #produce(leader: number, batches: readonly Outgoing[]): Promise<ProduceAnswer> {
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) });
    requireVersion(broker);
    try {
      return await broker.connectionPool.send(
        rawRequest(
          { key: produceKey, version: produceVersion, name: 'Produce' },
          () => encodeProduce(batches, requestTimeoutMs),
          decodeProduce,
        ),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') {
        this.#cluster.removeBroker(broker.connectionPool);
        await broker.disconnect();
      }
      throw error;
    }
  }

  /** Passes on what is final. What is not is returned; what was not mentioned stays unanswered, as the lane will notice. */
  #settle(batches: readonly Outgoing[], answer: ProduceAnswer, answered: Answered): Unsent[] {
    const unsent: Unsent[] = [];
    const receipts: SendReceipt[] = [];
    for (const receipt of answer.partitions) {
      const batch = batches.find(
        ({ target }) =>
          target.topic === receipt.topicName && target.partition === receipt.partition,
      );
      const failure = receipt.errorCode === 0 ? undefined : produceError(receipt.errorCode);
      if (batch !== undefined && failure?.isPassing) unsent.push({ batch, error: failure.error });
      else receipts.push({ ...receipt, error: failure?.error });
      if (batch !== undefined && failure === undefined) this.#advance(batch);
    }
    answered(receipts);
    return unsent;
  }

  async #encode({ target, records, bytes }: LaneBatch): Promise<Outgoing> {
    const firstSequence = this.#sequences.get(partitionKey(target)) ?? 0;
    const stamp = { ...this.#identity, firstSequence, now: Date.now() };
    const isWorthPacking = bytes >= gzipBytesMin && !records.every(({ isDense }) => isDense);
    const batch = isWorthPacking
      ? await encodePackedBatch(records, stamp)
      : encodeBatch(records, stamp);
    return { target, records: records.length, bytes: batch };
  }

  #advance({ target, records }: Outgoing): void {
    const key = partitionKey(target);
    this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + records) % sequenceEnd);
  }

  /** Failing here shows again in the next attempt. */
  async #findLeadersAnew(): Promise<void> {
    try {
      if (!this.#isClosed && !this.#cluster.isConnected()) await this.#cluster.connect();
      if (!this.#isClosed) await this.#cluster.refreshMetadata();
    } catch {
      this.#topics.clear();
    }
  }
}

const leaderNotAvailable = 5;

function requireVersion({ versions }: InnerBroker): void {
  const { maxVersion = 0 } = versions?.[produceKey] ?? {};
  if (maxVersion >= produceVersion) return;
  throw new Error(
    `The broker takes produce requests up to version ${maxVersion}, ${produceVersion} is needed: Kafka 2.1 or later.`,
  );
}

function isAnswer(value: unknown): value is ProduceAnswer {
  return typeof value === 'object' && value !== null && 'partitions' in value;
}

function failedReceipt({ target }: Outgoing, error: unknown): SendReceipt {
  return { topicName: target.topic, partition: target.partition, errorCode: -1, error };
}
