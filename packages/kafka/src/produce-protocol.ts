import type { TopicPartition } from './log-port.ts';

/** Produce request version 7 (https://kafka.apache.org/protocol#The_Messages_Produce): brokers from 2.1 on take it. */
export const produceVersion = 7;
export const produceKey = 0;
const allInSync = -1;

/** An encoded batch and where it goes. */
export interface AddressedBatch {
  readonly target: TopicPartition;
  readonly bytes: Buffer;
}

export interface PartitionAnswer {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: string;
}

export interface ProduceAnswer {
  readonly partitions: readonly PartitionAnswer[];
  /** For kafkajs' own throttling. */
  readonly clientSideThrottleTime: number;
}

/** The body of a request that carries each partition at most once, acknowledged by all in-sync replicas. */
export function encodeProduce(batches: readonly AddressedBatch[], timeoutMs: number): Buffer {
  const head = Buffer.allocUnsafe(12);
  // No transaction.
  head.writeInt16BE(-1, 0);
  head.writeInt16BE(allInSync, 2);
  head.writeInt32BE(timeoutMs, 4);
  const byTopic = Map.groupBy(batches, ({ target }) => target.topic);
  head.writeInt32BE(byTopic.size, 8);
  const pieces: Buffer[] = [head];
  for (const [topic, own] of byTopic) {
    const name = Buffer.from(topic);
    const topicHead = Buffer.allocUnsafe(2 + name.length + 4);
    topicHead.writeInt16BE(name.length, 0);
    name.copy(topicHead, 2);
    topicHead.writeInt32BE(own.length, 2 + name.length);
    pieces.push(topicHead);
    for (const { target, bytes } of own) {
      const partitionHead = Buffer.allocUnsafe(8);
      partitionHead.writeInt32BE(target.partition, 0);
      partitionHead.writeInt32BE(bytes.length, 4);
      pieces.push(partitionHead, bytes);
    }
  }
  return Buffer.concat(pieces);
}

/** @throws RangeError when the answer ends too early. */
export function decodeProduce(answer: Buffer): ProduceAnswer {
  const partitions: PartitionAnswer[] = [];
  let at = 4;
  for (let topics = answer.readInt32BE(0); topics > 0; topics -= 1) {
    const nameEnd = at + 2 + answer.readInt16BE(at);
    const topicName = answer.toString('utf8', at + 2, nameEnd);
    at = nameEnd + 4;
    for (let count = answer.readInt32BE(nameEnd); count > 0; count -= 1) {
      partitions.push({
        topicName,
        partition: answer.readInt32BE(at),
        errorCode: answer.readInt16BE(at + 4),
        baseOffset: String(answer.readBigInt64BE(at + 6)),
      });
      // Behind the offset: append time and start of the log, 8 bytes each.
      at += 30;
    }
  }
  return { partitions, clientSideThrottleTime: answer.readInt32BE(at) };
}
