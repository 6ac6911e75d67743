import { createRequire } from 'node:module';
import { AppError } from '@trending/runtime/errors';
import type { Batch, Kafka, KafkaMessage } from 'kafkajs';
import { decodeFetchAnswer, type FetchAnswer } from './fetch-answer.ts';

/** One partition's part of a fetch answer. */
export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly (KafkaMessage & { readonly isControlRecord?: boolean })[];
}

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

/** A request in kafkajs' own form; its connection adds the header and matches the answer. */
export interface RawRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** kafkajs copies `buffer`, and takes `buf` for proof of an encoder of its own. */
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: { decode(answer: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
}

/** A request from its encoded body; the answer is what `decode` makes of it. */
export function rawRequest<T>(
  api: { readonly key: number; readonly version: number; readonly name: string },
  encode: () => Buffer,
  decode: (answer: Buffer) => T,
): RawRequest<T> {
  return {
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      async encode() {
        const body = encode();
        return { buf: body, buffer: body };
      },
    },
    response: { decode: async (answer) => decode(answer), parse: async (decoded) => decoded },
  };
}

export interface InnerBroker {
  /** Versions the broker takes, by API key. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    send<T>(request: RawRequest<T>): Promise<T>;
  };
  disconnect(): Promise<void>;
  fetch(request: FetchRequest): Promise<{
    readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
  }>;
  describeGroups(request: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly {
      readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
    }[];
  }>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<void>;
  initProducerId(request: { readonly transactionTimeout: number }): Promise<{
    readonly producerId: string;
    readonly producerEpoch: number;
  }>;
}

/** The inner cluster of kafkajs 2.2.4: metadata, connections and single requests. */
export interface InnerCluster {
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(id: { readonly nodeId: string }): Promise<InnerBroker>;
  findControllerBroker(): Promise<InnerBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<InnerBroker>;
  removeBroker(address: { readonly host: string; readonly port: number }): void;
}

/** All that was fetched with a batch: markers too, and what stands before the offset asked for. */
export function fetchedMessages(batch: Batch): FetchedPartition['messages'] {
  const { rawMessages } = batch as Batch & { readonly rawMessages?: FetchedPartition['messages'] };
  if (rawMessages !== undefined) return rawMessages;
  throw new AppError({
    code: 'INVARIANT_BROKEN',
    message:
      'A batch of kafkajs has no rawMessages; consumers are written for 2.2.4. Pin that version.',
  });
}

export interface ClusterSettings {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
  readonly maxInFlightRequests?: number;
}

interface AnswerDecoder {
  decode(answer: Buffer): Promise<FetchAnswer>;
}

/** Every kafkajs of the process reads fetch answers by {@link decodeFetchAnswer}, and by itself what that one leaves to it. */
export function readFetchAnswers(): void {
  const require = createRequire(import.meta.url);
  const response: AnswerDecoder = require('kafkajs/src/protocol/requests/fetch/v11/response');
  response.decode = decoderBefore(response.decode);
}

/** What the faster one refuses, kafkajs reads, or says what is wrong with it. */
export function decoderBefore(stock: AnswerDecoder['decode']): AnswerDecoder['decode'] {
  return (answer) => decodeFetchAnswer(answer).catch(() => stock(answer));
}

const factoryName = 'private:Kafka:createCluster';

/**
 * The place that reaches behind kafkajs' public interface (as `request-queues.ts` does, for its timers): that one offers neither a read without a group nor a send
 * that tells each partition's outcome. The version is pinned, and a missing factory is an error here.
 */
export function createCluster(kafka: Kafka, settings: ClusterSettings): InnerCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === factoryName);
  const factory: unknown = symbol && Reflect.get(kafka, symbol);
  if (typeof factory === 'function') return factory(settings);
  throw new AppError({
    code: 'INVARIANT_BROKEN',
    message: `kafkajs has no ${factoryName}; reader and producer are written for 2.2.4. Pin that version.`,
  });
}
