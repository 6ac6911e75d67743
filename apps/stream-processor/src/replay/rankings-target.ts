import { type Log, type ProducedRecord, type Serde, topicSpec } from '@trending/kafka';
import { type Board, topics } from '@trending/schemas';
import type { ReplayTarget } from './replay-target.ts';

const appendBytesMax = 500_000;

/** Name of the copy that replayed boards go to: beside the live rankings, never into them. */
export function replayTopicName(prefix: string): string {
  return `${prefix}replay.${topics.rankings.name}`;
}

/** Creates the copy: every version of every board stays for ever. */
export async function ensureReplayTopic(log: Log, prefix: string): Promise<string> {
  const copy = { ...topics.rankings, cleanup: 'delete', retentionMs: -1, config: {} } as const;
  const spec = topicSpec(copy, { prefix, viewPartitions: 1, keepForEver: true });
  const name = replayTopicName(prefix);
  await log.ensureTopics([{ ...spec, name }]);
  return name;
}

/** Appends boards to a topic in batches, in order. */
export function createRankingsTarget(log: Log, serde: Serde<Board>, topic: string): ReplayTarget {
  let pending: ProducedRecord[] = [];
  let pendingBytes = 0;

  async function flush(): Promise<void> {
    if (pending.length === 0) return;
    const records = pending;
    pending = [];
    pendingBytes = 0;
    await log.append({ topic, partition: 0 }, records);
  }

  return {
    async write(key, board) {
      const value = serde.encode(board);
      pending.push({ key, value });
      pendingBytes += value.byteLength;
      if (pendingBytes >= appendBytesMax) await flush();
    },
    async finish() {
      await flush();
      return { into: `topic ${topic}` };
    },
    abandon: async () => undefined,
  };
}
