import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { assignPartitions } from './sticky-assignment.ts';

/** kafkajs assigner around {@link assignPartitions}; the member's lasting name travels as user data. */
export function stickyAssigner(memberName: string): PartitionAssigner {
  const name = 'TrendingSticky';
  const version = 0;
  return ({ cluster }) => ({
    name,
    version,
    async assign({ members, topics }) {
      const named = members.map(({ memberId, memberMetadata }) => ({
        id: memberId,
        name: AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '',
      }));
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      return [...assignPartitions(named, partitions)].map(([memberId, own]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: partitionsByTopic(own),
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(memberName),
      }),
    }),
  });
}

function partitionsByTopic(
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Record<string, number[]> {
  const byTopic: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) {
    byTopic[topic] ??= [];
    byTopic[topic].push(partition);
  }
  return byTopic;
}
