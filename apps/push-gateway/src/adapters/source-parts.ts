import type { ConsumedRecord, Follower } from '@trending/kafka';
import { AppError, isRetriable } from '@trending/runtime';

export function keyText(record: ConsumedRecord): string {
  return record.key === null ? '' : Buffer.from(record.key).toString('utf8');
}

/** Topics and schemas come from a deploy step that may still be running. */
export function mayAppear(error: unknown): boolean {
  if (isRetriable(error)) return true;
  return error instanceof AppError && ['SCHEMA_MISSING', 'TOPIC_MISSING'].includes(error.code);
}

/** What the first of them that has a problem waits for. */
export function problemOf(followers: readonly Follower[]): string | undefined {
  return followers.map((follower) => follower.problem?.()).find((problem) => problem !== undefined);
}
