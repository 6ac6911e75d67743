import type { Kafka } from 'kafkajs';
import { createCluster } from './kafkajs-cluster.ts';

/** Only one coordinator is asked, once. */
const clusterSettings = { metadataMaxAge: 300_000, allowAutoTopicCreation: false };

/**
 * Takes the member that a killed process of the same client id left behind out of a group. Without it the partitions of a
 * killed process lie still until its session ends, though its successor already runs. Counts never depend on it: a process taken out
 * by mistake finds its heartbeat refused and joins again.
 * @returns how many were taken out.
 * @throws what kafkajs throws; a coordinator that is just loading its groups gives a retriable error.
 */
export async function removeFormerMembers(
  kafka: Kafka,
  { groupId, clientId }: { readonly groupId: string; readonly clientId: string },
): Promise<number> {
  const cluster = createCluster(kafka, clusterSettings);
  try {
    await cluster.connect();
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
    const former = groups
      .flatMap(({ members }) => members)
      .filter((member) => member.clientId === clientId);
    for (const { memberId } of former) await coordinator.leaveGroup({ groupId, memberId });
    return former.length;
  } finally {
    await cluster.disconnect();
  }
}
