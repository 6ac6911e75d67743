import type { Admin } from 'kafkajs';
import { createKafka, type KafkaSettings } from './client.ts';

/** Who leads, and how to change it; for tests of a cluster. */
export interface ReplicaAdmin {
  /** Node id of every partition's leader; a partition without one is left out. */
  leaders(topic: string): Promise<ReadonlyMap<number, number>>;
  /**
   * Puts every partition's replicas in another order, the present first one last. The new first one is the preferred leader; a cluster with
   * `auto.leader.rebalance.enable` makes it the leader at its next check.
   */
  rotateReplicas(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** Connects when first needed. */
export function createReplicaAdmin(settings: KafkaSettings): ReplicaAdmin {
  let admin: Promise<Admin> | undefined;
  const connected = (): Promise<Admin> => {
    admin ??= connect(settings).catch((error: unknown) => {
      admin = undefined;
      throw error;
    });
    return admin;
  };
  const partitionsOf = async (topic: string) => {
    const { topics } = await (await connected()).fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions ?? [];
  };
  return {
    async leaders(topic) {
      const led = (await partitionsOf(topic)).filter(({ leader }) => leader >= 0);
      return new Map(led.map(({ partitionId, leader }) => [partitionId, leader]));
    },
    async rotateReplicas(topic) {
      const partitionAssignment = (await partitionsOf(topic)).map(({ partitionId, replicas }) => {
        const [first, ...others] = replicas;
        return { partition: partitionId, replicas: first === undefined ? [] : [...others, first] };
      });
      await (await connected()).alterPartitionReassignments({
        topics: [{ topic, partitionAssignment }],
      });
    },
    async close() {
      await (await admin)?.disconnect();
    },
  };
}

async function connect(settings: KafkaSettings): Promise<Admin> {
  const admin = createKafka(settings).admin();
  await admin.connect();
  return admin;
}
