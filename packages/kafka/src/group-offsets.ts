import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime/backoff';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { appErrorOf, isFenced } from './kafka-errors.ts';
import { partitionKey, type StartPosition, type TopicPartition } from './log-port.ts';
import { commitRefused } from './topic-errors.ts';
import type { TopicsAdmin } from './topics-admin.ts';

const attemptsMax = 5;
const backoff = { initialMs: 50, maxMs: 1_000 };

export interface OffsetCommit {
  readonly target: TopicPartition;
  readonly offset: number;
  readonly metadata: string;
  /** Is the partition still ours, in the same assignment as when the commit was asked for? */
  readonly isOurs: () => boolean;
}

/**
 * Commits as the member of the present generation. kafkajs' own `commitOffsets` repeats a refused commit after a rejoin, with the
 * new generation, so a superseded handler would succeed; the batch payload's commit goes out once. It is used as soon as
 * the first batch has shown it.
 */
export class OffsetCommitter {
  readonly #consumer: Consumer;
  readonly #groupId: string;
  #commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  constructor(consumer: Consumer, groupId: string) {
    this.#consumer = consumer;
    this.#groupId = groupId;
  }

  /** The newest payload's, so that no more than one batch is kept alive by it. */
  adopt(payload: EachBatchPayload): void {
    this.#commitOnce = (offsets) => payload.commitOffsetsIfNecessary(offsets);
  }

  async commit(commit: OffsetCommit): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      if (!commit.isOurs()) throw commitRefused(commit.target, this.#groupId);
      try {
        await this.#send(commit);
        return;
      } catch (error) {
        if (isFenced(error)) throw commitRefused(commit.target, this.#groupId, error);
        const { topic } = commit.target;
        const what = `commit of ${partitionKey(commit.target)}`;
        const failure = appErrorOf(error, { what, topic, code: 'APPEND_FAILED' });
        if (!failure.retriable || attempt + 1 >= attemptsMax) throw failure;
        await sleep(backoffDelay(backoff, attempt, 0.5));
      }
    }
  }

  async #send({ target, offset, metadata }: OffsetCommit): Promise<void> {
    const { topic, partition } = target;
    const entry = { partition, offset: String(offset), metadata };
    if (this.#commitOnce === undefined) await this.#consumer.commitOffsets([{ topic, ...entry }]);
    else await this.#commitOnce({ topics: [{ topic, partitions: [entry] }] });
  }
}

export interface StartRequest {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  readonly starts: ReadonlyMap<string, StartPosition>;
}

/** Turns start positions into offsets, asking the broker once per topic and only for what is needed. */
export async function resolveStarts(
  admin: TopicsAdmin,
  { groupId, partitions, starts }: StartRequest,
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  for (const [topic, own] of Map.groupBy(partitions, (partition) => partition.topic)) {
    const wanted = own.map((p) => starts.get(partitionKey(p)) ?? 'committed');
    const committed = wanted.includes('committed')
      ? await admin.committed(groupId, topic)
      : undefined;
    const bounds = wanted.some((start) => typeof start !== 'number')
      ? await admin.offsets(topic)
      : undefined;
    own.forEach(({ partition }, i) => {
      const start = wanted[i] ?? 'committed';
      const known = committed?.get(partition)?.offset ?? -1;
      const first = bounds?.start.get(partition) ?? 0;
      const last = bounds?.end.get(partition) ?? 0;
      offsets.set(
        partitionKey({ topic, partition }),
        startOffset(start, { committed: known, first, last }),
      );
    });
  }
  return offsets;
}

function startOffset(
  start: StartPosition,
  { committed, first, last }: { committed: number; first: number; last: number },
): number {
  if (typeof start === 'number') return start;
  if (start === 'end') return last;
  return start === 'committed' && committed >= 0 ? committed : first;
}
