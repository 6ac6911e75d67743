import type { InnerBroker, InnerCluster, RawRequest } from '../../src/kafkajs-cluster.ts';

/** One partition of a produce request as the broker saw it. */
export interface Produced {
  readonly node: number;
  readonly partition: number;
  readonly firstSequence: number;
  readonly batch: string;
}

/** What a broker does with one partition of a request: an error code (0 = written), no answer, or no mention. */
export type Treatment = number | 'lost' | 'unmentioned';

/** Brokers 1 and 2 of a cluster with one topic of four partitions; even ones are led by 1 until `leaderOf` changes. */
export function createFakeCluster(treat: (produced: Produced, request: number) => Treatment) {
  const seen: Produced[] = [];
  const counts = new Map<number, number>();
  const leaders = new Map([0, 1, 2, 3].map((partition) => [partition, 1 + (partition % 2)]));
  let requests = 0;
  let refreshes = 0;
  const broker = (node: number): InnerBroker => ({
    versions: { 0: { maxVersion: 13 } },
    connectionPool: {
      host: 'broker',
      port: node,
      async send<T>({ request, response }: RawRequest<T>): Promise<T> {
        requests += 1;
        const number = requests;
        const parts = partsOf((await request.encode()).buffer, node);
        seen.push(...parts);
        const treated = parts.map((part) => ({ part, what: treat(part, number) }));
        const answers = treated.flatMap(({ part, what }) => {
          const base = counts.get(part.partition) ?? 0;
          if (what === 0 || what === 'unmentioned') counts.set(part.partition, base + 1);
          return typeof what === 'number' ? [{ partition: part.partition, what, base }] : [];
        });
        if (treated.some(({ what }) => what === 'lost'))
          throw Object.assign(new Error('timed out'), { retriable: true });
        return response.parse(await response.decode(answerOf(answers)));
      },
    },
    disconnect: async () => undefined,
    fetch: () => Promise.reject(new Error('not here')),
    describeGroups: () => Promise.reject(new Error('not here')),
    leaveGroup: () => Promise.reject(new Error('not here')),
    initProducerId: async () => ({ producerId: '7', producerEpoch: 0 }),
  });
  const brokers = new Map([1, 2].map((node) => [String(node), broker(node)]));
  const find = async (nodeId: string): Promise<InnerBroker> => {
    const found = brokers.get(nodeId);
    if (found === undefined) throw new Error(`no broker ${nodeId}`);
    return found;
  };
  const cluster: InnerCluster = {
    isConnected: () => true,
    connect: async () => undefined,
    disconnect: async () => undefined,
    addTargetTopic: async () => undefined,
    async refreshMetadata() {
      refreshes += 1;
    },
    refreshMetadataIfNecessary: async () => undefined,
    findGroupCoordinator: () => Promise.reject(new Error('not here')),
    findTopicPartitionMetadata: () =>
      [...leaders].map(([partitionId, leader]) => ({ partitionId, leader })),
    findBroker: ({ nodeId }) => find(nodeId),
    findControllerBroker: () => find('1'),
    removeBroker: () => undefined,
  };
  return { cluster, seen, leaders, refreshes: () => refreshes };
}

function partsOf(body: Buffer, node: number): Produced[] {
  // No transaction, acks, timeout, one topic named "t", its partitions.
  const parts: Produced[] = [];
  let at = 19;
  for (let left = body.readInt32BE(15); left > 0; left -= 1) {
    const batch = body.subarray(at + 8, at + 8 + body.readInt32BE(at + 4));
    parts.push({
      node,
      partition: body.readInt32BE(at),
      firstSequence: batch.readInt32BE(53),
      batch: batch.toString('hex'),
    });
    at += 8 + batch.length;
  }
  return parts;
}

function answerOf(answers: readonly { partition: number; what: number; base: number }[]): Buffer {
  const answer = Buffer.alloc(11 + 30 * answers.length + 4);
  answer.writeInt32BE(1, 0);
  answer.writeInt16BE(1, 4);
  answer.write('t', 6);
  answer.writeInt32BE(answers.length, 7);
  answers.forEach(({ partition, what, base }, i) => {
    answer.writeInt32BE(partition, 11 + 30 * i);
    answer.writeInt16BE(what, 15 + 30 * i);
    answer.writeBigInt64BE(BigInt(what === 0 ? base : -1), 17 + 30 * i);
  });
  return answer;
}
