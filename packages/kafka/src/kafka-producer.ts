import { CompressionTypes, type Message } from 'kafkajs';
import { createKafka, type KafkaSettings } from './client.ts';
import type { LaneBatch } from './lane-queue.ts';
import type { LaneProducer } from './producer-lane.ts';
import type { ProducedRecord } from './record.ts';

/** Below the lanes' deadline, so that a lost answer is retried within it. */
const requestTimeoutMs = 4_000;
/** Small batches gain nothing from compression. */
const gzipBytesMin = 64 * 1024;

/** An idempotent kafkajs producer with finite retries and explicit partitions. */
export function createLaneProducer(settings: KafkaSettings): LaneProducer {
  const producer = createKafka(settings, requestTimeoutMs).producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 },
    // Every record names its partition; this also spares kafkajs' own hash, which is slow.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  return {
    connect: () => producer.connect(),
    disconnect: () => producer.disconnect(),
    send: ({ target, records, bytes }: LaneBatch) =>
      producer.send({
        topic: target.topic,
        acks: -1,
        timeout: requestTimeoutMs,
        compression: bytes >= gzipBytesMin ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: records.map((record) => messageOf(record, target.partition)),
      }),
  };
}

function messageOf(record: ProducedRecord, partition: number): Message {
  const { key, value, timestamp, headers } = record;
  return {
    key: typeof key === 'string' ? key : bufferOf(key),
    value: bufferOf(value),
    partition,
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  };
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
