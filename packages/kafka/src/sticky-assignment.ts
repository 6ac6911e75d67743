import { partitionKey, type TopicPartition } from './log-port.ts';

/** A group member as the assigner sees it: `name` survives a restart of the process, `id` does not. */
export interface AssignableMember {
  readonly id: string;
  readonly name: string;
  /** Keys of the partitions it had in the assignment before. */
  readonly held?: ReadonlySet<string>;
}

/**
 * Deterministic, sticky without memory: rendezvous hashing of (partition, member name), then a cap of ⌈P/M⌉ per member, so a
 * member that stays keeps most of its partitions and every leader computes the same answer. Where members outnumber partitions, whoever
 * holds one keeps it: giving it back to a member that returns would have it taken over twice.
 */
export function assignPartitions(
  members: readonly AssignableMember[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, TopicPartition[]> {
  const ordered = [...members].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  const assigned = new Map<string, TopicPartition[]>(ordered.map(({ id }) => [id, []]));
  for (const [topic, own] of Map.groupBy(partitions, ({ topic }) => topic)) {
    const share = Math.ceil(own.length / Math.max(1, ordered.length));
    const taken = new Map<string, number>();
    const isSpare = own.length < ordered.length;
    for (const target of own.toSorted((a, b) => a.partition - b.partition)) {
      const holders = isSpare ? ordered.filter(({ held }) => held?.has(partitionKey(target))) : [];
      const member =
        bestWithRoom(holders, taken, { target, share }) ??
        bestWithRoom(ordered, taken, { target, share });
      if (member === undefined) break;
      taken.set(member.id, (taken.get(member.id) ?? 0) + 1);
      assigned.get(member.id)?.push({ topic, partition: target.partition });
    }
  }
  return assigned;
}

/** Partitions of a topic that a member of this name would be given beside the others; one that has its name now is its own former self. */
export function shareBeside(
  others: readonly AssignableMember[],
  name: string,
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
): number[] {
  const members = [...others.filter((other) => other.name !== name), { id: '', name }];
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  return (assignPartitions(members, all).get('') ?? []).map(({ partition }) => partition);
}

function bestWithRoom(
  members: readonly AssignableMember[],
  taken: ReadonlyMap<string, number>,
  { target, share }: { readonly target: TopicPartition; readonly share: number },
): AssignableMember | undefined {
  let best: AssignableMember | undefined;
  let bestWeight = -1;
  for (const member of members) {
    if ((taken.get(member.id) ?? 0) >= share) continue;
    const weight = fnv1a(`${target.topic}/${target.partition}@${member.name}`);
    if (weight > bestWeight) {
      best = member;
      bestWeight = weight;
    }
  }
  return best;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** FNV-1a with a final mix: neighbours such as p1 and p2 must not rank members alike. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
