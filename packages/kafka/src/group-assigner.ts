import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { partitionKey, type TopicPartition } from './log-port.ts';
import { type AssignableMember, assignPartitions } from './sticky-assignment.ts';

/** Between the name of a member and the partitions that it holds, and between those. */
const separator = '\n';

/** What a member says of itself when it joins. A name alone, from a process of an earlier version, is one too. */
export function userDataOf(name: string, held: readonly TopicPartition[]): Buffer {
  return Buffer.from([name, ...held.map(partitionKey)].join(separator));
}

/** The other way round. */
export function memberOf(id: string, userData: Buffer | undefined): AssignableMember {
  const [name = '', ...held] = (userData?.toString() ?? '').split(separator);
  return { id, name, held: new Set(held) };
}

/** From what a member sent when it joined; one that is still joining has sent nothing. */
export function joinedMember(id: string, metadata: Buffer): AssignableMember {
  const decoded = metadata.length === 0 ? null : AssignerProtocol.MemberMetadata.decode(metadata);
  return memberOf(id, decoded?.userData);
}

/**
 * kafkajs assigner around {@link assignPartitions}; the member's lasting name and what it holds travel as user data.
 * @param held asked at each join
 */
export function stickyAssigner(
  memberName: string,
  held: () => readonly TopicPartition[],
): PartitionAssigner {
  const name = 'TrendingSticky';
  const version = 0;
  return ({ cluster }) => ({
    name,
    version,
    async assign({ members, topics }) {
      const named = members.map(({ memberId, memberMetadata }) =>
        joinedMember(memberId, memberMetadata),
      );
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
        userData: userDataOf(memberName, held()),
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
