import {
  type ConsumedRecord,
  type Log,
  type ProducedRecord,
  partitionOf,
  type TopicPartition,
} from '@trending/kafka';
import { AppError } from '@trending/runtime/errors';
import type { Letter } from './letter-index.ts';
import { markerRecord, replayedFrom, replayOfHeader } from './replay-marker.ts';

export interface ReplayDeps {
  readonly log: Log;
  /** The dead-letter topic. */
  readonly topic: string;
  /** Key to send instead of the original one; undefined: no replay, it has none. */
  readonly keyOf: (record: ConsumedRecord) => Promise<Uint8Array | string | undefined>;
  readonly progressed: (done: number) => void;
}

export interface ReplayResult {
  /** Put back and acknowledged by this run. */
  readonly replayed: number;
  /** Found in their topic: an earlier run was cut off behind its append. */
  readonly found: number;
  /** Left alone: no key, or their topic is no more. */
  readonly skipped: number;
}

/** Letters between two markers: a run that is cut off leaves at most so many to look for. */
const chunkLetters = 500;

interface Outgoing {
  readonly letter: Letter;
  readonly target: TopicPartition;
  readonly record: ProducedRecord;
}

/**
 * Puts letters back, in order of the dead-letter topic; each partition in chunks: markers `started`, records, markers `done`. Any
 * step may fail and the whole may run again: no letter is appended twice, unless two runs work at the same moment.
 */
export async function replayLetters(
  letters: readonly Letter[],
  deps: ReplayDeps,
): Promise<ReplayResult> {
  const total = { replayed: 0, found: 0, skipped: 0 };
  const ordered = letters.filter(({ state }) => state !== 'replayed').sort(byPlace);
  let done = 0;
  for (const chunk of chunksOf(ordered)) {
    const landed = await landedBefore(chunk, deps);
    total.found += landed.size;
    const rest = chunk.filter(({ id }) => !landed.has(id));
    const outgoing = await outgoingOf(rest, deps);
    total.skipped += rest.length - outgoing.length;
    await send(outgoing, deps);
    total.replayed += outgoing.length;
    done += chunk.length;
    deps.progressed(done);
  }
  return total;
}

/** Of letters whose replay was begun, those whose record is in the target; they are marked as done. */
async function landedBefore(chunk: readonly Letter[], deps: ReplayDeps): Promise<Set<string>> {
  const begun = chunk.filter(({ state }) => state === 'started');
  const landed = new Map<string, TopicPartition & { offset: number }>();
  for (const group of Map.groupBy(begun, targetKey).values()) {
    const [{ info, target }] = group as [Letter];
    if (target === undefined) continue;
    const wanted = new Set(group.map(({ id }) => id));
    const place = { topic: info.topic, partition: target.partition };
    const from = Math.min(...group.map((letter) => letter.target?.offset ?? 0));
    for (const [id, offset] of await findReplayed(deps.log, { place, from, wanted }))
      landed.set(id, { ...place, offset });
  }
  await mark(
    chunk.filter(({ id }) => landed.has(id)),
    { ...deps, placeOf: ({ id }) => landed.get(id), state: 'done' },
  );
  return new Set(landed.keys());
}

interface Search {
  readonly place: TopicPartition;
  readonly from: number;
  readonly wanted: ReadonlySet<string>;
}

async function findReplayed(
  log: Log,
  { place, from, wanted }: Search,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  if ((await partitionsOf(log, place.topic)) === undefined) return found;
  const start = (await log.startOffsets(place.topic)).get(place.partition) ?? 0;
  const to = (await log.endOffsets(place.topic)).get(place.partition) ?? 0;
  const range = { from: Math.min(Math.max(from, start), to), to };
  for await (const { records } of log.read(place, range)) {
    for (const record of records) {
      const of = replayedFrom(record);
      if (of !== undefined && wanted.has(of)) found.set(of, record.offset);
    }
    if (found.size === wanted.size) break;
  }
  return found;
}

async function outgoingOf(letters: readonly Letter[], deps: ReplayDeps): Promise<Outgoing[]> {
  const wanted = new Map(letters.map((letter) => [letter.offset, letter]));
  const outgoing: Outgoing[] = [];
  for (const record of await recordsOf(letters, deps)) {
    const letter = wanted.get(record.offset);
    if (letter === undefined) continue;
    const key = await deps.keyOf(record);
    if (key === undefined) continue;
    const { topic, timestamp = letter.at } = letter.info;
    const partitions = await partitionsOf(deps.log, topic);
    if (partitions === undefined) continue;
    const partition = partitionOf(key, partitions);
    const headers = { [replayOfHeader]: letter.id };
    const produced = { key, value: record.value, timestamp, headers };
    outgoing.push({ letter, target: { topic, partition }, record: produced });
  }
  return outgoing;
}

/** Undefined when the topic is no more: letters are kept for longer than topics of an older version. */
async function partitionsOf(log: Log, topic: string): Promise<number | undefined> {
  try {
    return await log.partitionCount(topic);
  } catch (error) {
    if (error instanceof AppError && error.code === 'TOPIC_MISSING') return;
    throw error;
  }
}

async function recordsOf(
  letters: readonly Letter[],
  { log, topic }: ReplayDeps,
): Promise<ConsumedRecord[]> {
  const [first, last] = [letters[0], letters.at(-1)];
  if (first === undefined || last === undefined) return [];
  const wanted = new Set(letters.map(({ offset }) => offset));
  const records: ConsumedRecord[] = [];
  const range = { from: first.offset, to: last.offset + 1 };
  for await (const batch of log.read({ topic, partition: first.partition }, range))
    records.push(...batch.records.filter(({ offset }) => wanted.has(offset)));
  return records;
}

async function send(outgoing: readonly Outgoing[], deps: ReplayDeps): Promise<void> {
  if (outgoing.length === 0) return;
  const topics = [...new Set(outgoing.map(({ target }) => target.topic))];
  const ends = new Map(
    await Promise.all(topics.map(async (t) => [t, await deps.log.endOffsets(t)] as const)),
  );
  const places = new Map(
    outgoing.map(({ letter, target }) => [
      letter.id,
      { ...target, offset: ends.get(target.topic)?.get(target.partition) ?? 0 },
    ]),
  );
  const letters = outgoing.map(({ letter }) => letter);
  const placeOf = ({ id }: Letter) => places.get(id);
  await mark(letters, { ...deps, placeOf, state: 'started' });
  for (const group of Map.groupBy(outgoing, (one) => outgoingKey(one)).values()) {
    const [{ target }] = group as [Outgoing];
    const base = await deps.log.append(
      target,
      group.map(({ record }) => record),
    );
    for (const [i, { letter }] of group.entries())
      places.set(letter.id, { ...target, offset: base + i });
  }
  await mark(letters, { ...deps, placeOf, state: 'done' });
}

interface Marking extends ReplayDeps {
  readonly state: 'started' | 'done';
  readonly placeOf: (letter: Letter) => { partition: number; offset: number } | undefined;
}

/** The letters are of one partition. */
async function mark(letters: readonly Letter[], marking: Marking): Promise<void> {
  const { log, topic, state, placeOf } = marking;
  const [first] = letters;
  if (first === undefined) return;
  const records = letters.map((letter) => {
    const { partition = 0, offset = 0 } = placeOf(letter) ?? {};
    return markerRecord({ of: letter.id, state, partition, offset });
  });
  await log.append({ topic, partition: first.partition }, records);
}

function* chunksOf(letters: readonly Letter[]): Generator<readonly Letter[]> {
  for (const own of Map.groupBy(letters, ({ partition }) => partition).values())
    for (let at = 0; at < own.length; at += chunkLetters) yield own.slice(at, at + chunkLetters);
}

function byPlace(a: Letter, b: Letter): number {
  return a.partition - b.partition || a.offset - b.offset;
}

function targetKey({ info, target }: Letter): string {
  return `${info.topic}/${target?.partition ?? -1}`;
}

function outgoingKey({ target }: Outgoing): string {
  return `${target.topic}/${target.partition}`;
}
