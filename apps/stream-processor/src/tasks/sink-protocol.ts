/**
 * How rows reach ClickHouse once. A range [start, end) of one partition is written down as commit metadata before it is inserted:
 *
 *   BEFORE  commit `start` with {"v":1,"pend":end}
 *   INSERT  one block with the token `<topic>:<partition>:<start>-<end>`, repeated until it succeeds
 *   REPAIR  only when the insert was in doubt: look whether all of it is there, put back what is not
 *   AFTER   commit `end` without metadata
 *
 * Whoever takes the partition over finds `pend`, forms exactly the same range again and inserts it under the same token; ClickHouse
 * drops a token it has seen. So a range lands once, wherever a process dies and whichever answer is lost.
 *
 * REPAIR is there because a MergeTree without replication writes a token into its log before it keeps the part: killed between the
 * two, it knows a token whose rows are gone. A range is whole before the next one of its partition begins.
 */

/** What is known of a range that may or may not have been inserted. */
export interface PendingRange {
  readonly start: number;
  readonly end: number;
}

export function pendingMetadata(end: number): string {
  return JSON.stringify({ v: 1, pend: end });
}

/** The range left open by the last owner, if any. Metadata of other writers is not ours to judge: no range. */
export function pendingRangeOf(offset: number, metadata: string): PendingRange | undefined {
  if (offset < 0 || metadata === '') return undefined;
  const end = pendOf(metadata);
  return end !== undefined && end > offset ? { start: offset, end } : undefined;
}

export interface RangeOfPartition extends PendingRange {
  /** As named in the log, prefix included: two stacks on one ClickHouse must not share tokens. */
  readonly topic: string;
  readonly partition: number;
}

export function deduplicationToken({ topic, partition, start, end }: RangeOfPartition): string {
  return `${topic}:${partition}:${start}-${end}`;
}

function pendOf(metadata: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(metadata);
    if (typeof parsed !== 'object' || parsed === null || !('pend' in parsed)) return undefined;
    return Number.isSafeInteger(parsed.pend) ? Number(parsed.pend) : undefined;
  } catch {
    return undefined;
  }
}
