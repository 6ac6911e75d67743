import type { GroupConsumer, Log, TopicPartition } from '@trending/kafka';
import { AppError, backoffDelay, isRetriable, type Logger } from '@trending/runtime';
import type { Topic } from '@trending/schemas';
import type { Delay, RowSink } from './sink-ports.ts';
import { pendingRangeOf } from './sink-protocol.ts';

export interface SinkStart {
  readonly offset: number;
  /** The range [offset, pendingEnd) may have been inserted already: form it again, exactly. */
  readonly pendingEnd?: number;
  /** Records that retention removed before they were inserted. */
  readonly gap: number;
}

export interface StartSources {
  readonly log: Log;
  readonly sink: RowSink;
  readonly consumer: GroupConsumer;
  /** Consumer group that holds the offsets. */
  readonly group: string;
  readonly logger: Logger;
  readonly delay: Delay;
  /** False once the partition was taken away: nobody waits for its start any more. */
  readonly isCurrent: () => boolean;
}

/** Between two questions to a ClickHouse that does not answer. */
const backoff = { initialMs: 100, maxMs: 1_000 };
const attemptsPerLine = 10;

/** Where a partition goes on. @throws AppError INPUT_GAP when the log ends before what was committed. */
export async function sinkStartOf(
  target: TopicPartition,
  topic: Topic,
  sources: StartSources,
): Promise<SinkStart> {
  const { log, consumer, group } = sources;
  const [committed, starts, ends] = await Promise.all([
    consumer.committed(target),
    log.startOffsets(target.topic),
    log.endOffsets(target.topic),
  ]);
  const first = starts.get(target.partition) ?? 0;
  if (committed.offset < 0) return { offset: first, gap: 0 };
  if (committed.offset > (ends.get(target.partition) ?? 0))
    throw shorterLog(target, committed.offset, group);
  const pending = pendingRangeOf(committed.offset, committed.metadata);
  if (committed.offset >= first) {
    const { offset } = committed;
    return { offset, gap: 0, ...(pending === undefined ? {} : { pendingEnd: pending.end }) };
  }
  // Part of the open range may be gone from the log, so it cannot be formed again: the table itself tells whether it landed.
  const isAsked = pending !== undefined && topic.cleanup === 'delete';
  const newest = isAsked
    ? await newestOffset({ topic: topic.name, partition: target.partition }, sources)
    : -1;
  const next = Math.max(committed.offset, newest + 1);
  return { offset: Math.max(first, next), gap: Math.max(0, first - next) };
}

/**
 * Asks until ClickHouse answers: a process that ended over it would meet the same after its restart, and be kept away for longer and longer.
 * Without meaning once the partition is not ours.
 */
async function newestOffset(origin: TopicPartition, sources: StartSources): Promise<number> {
  const { sink, logger, delay, isCurrent } = sources;
  const { signal } = new AbortController();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await sink.newestViewOffset(origin);
    } catch (error) {
      if (!isCurrent()) return -1;
      if (!isRetriable(error)) throw error;
      const what = 'ClickHouse does not say what it holds of a partition, asking again';
      if (attempt % attemptsPerLine === 0) logger.warn({ ...origin, attempt, err: error }, what);
      await delay(backoffDelay(backoff, attempt, 0.5), signal);
    }
  }
}

function shorterLog({ topic, partition }: TopicPartition, offset: number, group: string): AppError {
  return new AppError({
    code: 'INPUT_GAP',
    message: `${topic}/${partition} ends before offset ${offset}, which the sink committed: was the topic made anew? Stop the sink, delete the offsets that group ${group} holds of this topic, and clear the tables or use another topic prefix: see 'Offsets are gone' in docs/operations.md.`,
  });
}
