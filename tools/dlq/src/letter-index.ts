import {
  type ConsumedRecord,
  type DeadLetterInfo,
  deadLetterInfo,
  type Log,
} from '@trending/kafka';
import { UsageError } from '@trending/runtime/usage';
import { identityOf, markerOf } from './replay-marker.ts';

export type LetterState = 'waiting' | 'started' | 'replayed';

/** A dead letter without its bytes, and what became of it. */
export interface Letter {
  readonly id: string;
  /** Where it lies in the dead-letter topic. */
  readonly partition: number;
  readonly offset: number;
  /** When it was appended, ms. */
  readonly at: number;
  readonly info: DeadLetterInfo;
  state: LetterState;
  /** state `started`: the record may be in this partition from this offset on. */
  target?: { readonly partition: number; readonly offset: number };
}

export interface LetterFilter {
  readonly reason?: string | undefined;
  /** Original topic. */
  readonly topic?: string | undefined;
  /** Partition of the dead-letter topic. */
  readonly partition?: number | undefined;
  /** One letter, by its offset in `partition`. */
  readonly offset?: number | undefined;
  /** Appended at or after, ms. */
  readonly since?: number | undefined;
  /** Appended before, ms. */
  readonly until?: number | undefined;
  readonly state?: LetterState | undefined;
}

export interface LetterIndex {
  /** In order of time. */
  readonly letters: readonly Letter[];
  /** Records that are neither letters nor markers. */
  readonly foreign: number;
}

/** Letters held in memory at most. */
const lettersMax = 500_000;

/**
 * Reads the dead-letter topic from `since` to its present end. Letters that were appended twice are one. @throws
 * UsageError above 500 000 letters: narrow the time.
 */
export async function readLetters(
  log: Log,
  topic: string,
  filter: LetterFilter,
): Promise<LetterIndex> {
  const { since } = filter;
  const starts =
    since === undefined ? await log.startOffsets(topic) : await log.offsetsForTime(topic, since);
  const ends = await log.endOffsets(topic);
  const byId = new Map<string, Letter>();
  let foreign = 0;
  for (const [partition, to] of ends) {
    if (filter.partition !== undefined && filter.partition !== partition) continue;
    const from = Math.min(starts.get(partition) ?? 0, to);
    for await (const { records } of log.read({ topic, partition }, { from, to }))
      foreign += addAll(byId, records);
  }
  const letters = [...byId.values()].filter((letter) => matches(letter, filter));
  return { letters: letters.sort((a, b) => a.at - b.at), foreign };
}

/** Returns how many were neither letters nor markers. */
function addAll(byId: Map<string, Letter>, records: readonly ConsumedRecord[]): number {
  const foreign = records.filter((record) => !indexed(byId, record)).length;
  if (byId.size > lettersMax) throw tooMany();
  return foreign;
}

export function matches({ info, partition, offset, at, state }: Letter, f: LetterFilter): boolean {
  return (
    (f.reason === undefined || f.reason === info.reason) &&
    (f.topic === undefined || f.topic === info.topic) &&
    (f.partition === undefined || f.partition === partition) &&
    (f.offset === undefined || f.offset === offset) &&
    (f.since === undefined || at >= f.since) &&
    (f.until === undefined || at < f.until) &&
    (f.state === undefined || f.state === state)
  );
}

function indexed(byId: Map<string, Letter>, record: ConsumedRecord): boolean {
  const marker = markerOf(record);
  if (marker !== undefined) {
    const letter = byId.get(marker.of);
    if (letter === undefined || letter.state === 'replayed') return true;
    letter.state = marker.state === 'done' ? 'replayed' : 'started';
    letter.target = marker;
    return true;
  }
  const info = deadLetterInfo(record);
  if (info === undefined) return false;
  const id = identityOf(info);
  const { partition, offset, timestamp: at } = record;
  if (!byId.has(id)) byId.set(id, { id, partition, offset, at, info, state: 'waiting' });
  return true;
}

function tooMany(): UsageError {
  return new UsageError(
    `more than ${lettersMax} dead letters: narrow them with --since or --partition`,
  );
}
