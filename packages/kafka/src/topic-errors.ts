import { AppError } from '@trending/runtime/errors';
import type { TopicPartition, TopicSpec } from './log-port.ts';

export function topicMissing(name: string, cause?: unknown): AppError {
  return new AppError({
    code: 'TOPIC_MISSING',
    message: `Topic ${name} does not exist. Create the topics first: npm run topics:apply.`,
    cause,
  });
}

export function partitionCountError(spec: TopicSpec, found: number): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    message: `Topic ${spec.name} has ${found} partitions, ${spec.partitions} are declared. A partition count never changes in place: use the same VIEW_PARTITIONS, or a new topic version.`,
  });
}

/** The log does not continue where the reader stopped: never skipped silently. */
export function inputGap(
  { topic, partition }: TopicPartition,
  expected: number,
  found: number | undefined,
): AppError {
  return new AppError({
    code: 'INPUT_GAP',
    message: `${topic}/${partition}: expected offset ${expected}, the log ${found === undefined ? 'does not hold it' : `continues at ${found}`}. Records were removed or truncated before they were read: check retention, then restore from a copy or start from the beginning on purpose.`,
  });
}

export function commitRefused(
  { topic, partition }: TopicPartition,
  groupId: string,
  cause?: unknown,
) {
  return new AppError({
    code: 'APPEND_FAILED',
    message: `Commit of ${topic}/${partition} refused: group ${groupId} gave the partition to another member.`,
    cause,
  });
}

export function logClosed(): AppError {
  return new AppError({ code: 'BROKER_UNAVAILABLE', message: 'The log is closed.' });
}
