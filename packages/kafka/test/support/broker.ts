import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { inject } from 'vitest';
import { createKafkaLog, type Log, type TopicPartition } from '../../src/index.ts';
import { quietLogger } from './quiet-logger.ts';

interface StackUrls {
  readonly kafka: string;
  readonly registryUrl: string;
}

/** The broker and registry to test against: the environment's, else those of the running stack. */
export function stackUrls(): StackUrls {
  const { KAFKA_BROKERS: kafka, REGISTRY_URL: registryUrl } = process.env;
  if (kafka !== undefined && registryUrl !== undefined) return { kafka, registryUrl };
  const stack: StackUrls = inject('stack');
  return { kafka: kafka ?? stack.kafka, registryUrl: registryUrl ?? stack.registryUrl };
}

/** A prefix no other run uses. */
export function freshPrefix(): string {
  return `${process.env['TOPIC_PREFIX'] ?? ''}it-${randomUUID().slice(0, 8)}.`;
}

export function openLog(name: string): Log {
  return createKafkaLog({
    brokers: stackUrls().kafka.split(','),
    clientId: name,
    logger: quietLogger,
  });
}

/** A bare kafkajs client, for what the port does not offer: retention, transactions, clean-up. */
export function bareKafka() {
  return new kafkajs.Kafka({
    brokers: stackUrls().kafka.split(','),
    clientId: 'bare',
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

export async function truncateBefore({ topic, partition }: TopicPartition, offset: number) {
  const admin = bareKafka().admin();
  await admin.connect();
  // deleteTopicRecords needs the metadata that this call loads.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}

/** Deletes every topic of a test run. */
export async function deleteTopics(prefix: string): Promise<void> {
  const admin = bareKafka().admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}
