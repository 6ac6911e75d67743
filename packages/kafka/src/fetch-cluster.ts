import { AppError } from '@trending/runtime/errors';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { createKafka, type KafkaSettings } from './client.ts';

/** One partition's part of a fetch answer. */
export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly (KafkaMessage & { readonly isControlRecord?: boolean })[];
}

interface FetchBroker {
  fetch(request: {
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
  }): Promise<{
    readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
  }>;
}

/** The inner cluster of kafkajs 2.2.4: enough to fetch without a consumer group. */
export interface FetchCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(id: { readonly nodeId: string }): Promise<FetchBroker>;
}

type CreateCluster = (settings: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}) => FetchCluster;

const factoryName = 'private:Kafka:createCluster';

/**
 * kafkajs reads only through consumer groups, whose join may take seconds; a bounded read of one partition needs none. This is
 * the single place that reaches behind its public interface: the version is pinned, and a missing factory is an error here.
 */
export function createFetchCluster(settings: KafkaSettings): FetchCluster {
  const kafka = createKafka(settings);
  const create = clusterFactoryOf(kafka);
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}

function clusterFactoryOf(kafka: Kafka): CreateCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === factoryName);
  const factory: unknown = symbol && Reflect.get(kafka, symbol);
  if (typeof factory === 'function') return (options) => factory(options);
  throw new AppError({
    code: 'INVARIANT_BROKEN',
    message: `kafkajs has no ${factoryName}; the reader is written for 2.2.4. Pin that version.`,
  });
}
