import { type Log, type Serde, topicName } from '@trending/kafka';
import { type CandidateSet, defaultViewPartitions, topics, windows } from '@trending/schemas';
import { type Difference, differenceOf } from './differences.ts';
import type { PaneCounts } from './pane-counts.ts';

export interface MemoryQuestion {
  readonly log: Log;
  readonly serde: Serde<CandidateSet>;
  /** Sets written before it are not needed. */
  readonly since: number;
  readonly partitionOf: (token: string) => number;
}

/**
 * What the aggregate processes hold in memory, as they last said themselves: the newest candidate set of every partition and window
 * against the counts of the log.
 */
export async function memoryDifferences(
  question: MemoryQuestion,
  tokens: readonly string[],
  counts: PaneCounts,
): Promise<Difference[]> {
  const sets = await newestSets(question);
  const present = differenceOf('memory: sets', windows.length * defaultViewPartitions, sets.size);
  const found = [...sets.values()].flatMap((set) => {
    const window = windows.find(({ name }) => name === set.window);
    if (window === undefined) return [];
    const asOf = set.lastPane;
    const held = new Map(set.items.map(({ token, views }) => [token, views]));
    const mine = tokens.map((token, index) => ({ token, index }));
    let sum = 0;
    const each = mine
      .filter(({ token }) => question.partitionOf(token) === set.partition)
      .flatMap(({ token, index }) => {
        const expected = counts.inWindow(index, window, asOf);
        sum += expected;
        const views = held.get(token);
        return views === undefined
          ? []
          : differenceOf(`memory ${set.window} ${token}`, expected, views);
      });
    const total = set.totals.find(({ scope }) => scope === 'all')?.views ?? 0;
    return [
      ...each,
      ...differenceOf(`memory ${set.window} partition ${set.partition}`, sum, total),
    ];
  });
  return [...present, ...found];
}

async function newestSets({
  log,
  serde,
  since,
}: MemoryQuestion): Promise<Map<string, CandidateSet>> {
  const topic = topicName(topics.candidates, '');
  const from = (await log.offsetsForTime(topic, since)).get(0) ?? 0;
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  const newest = new Map<string, CandidateSet>();
  for await (const { records } of log.read({ topic, partition: 0 }, { from, to })) {
    for (const { value } of records) {
      const set = value === null ? undefined : await decodedSet(serde, value);
      if (set === undefined) continue;
      keepNewer(newest, set);
    }
  }
  return newest;
}

async function decodedSet(
  serde: Serde<CandidateSet>,
  bytes: Uint8Array,
): Promise<CandidateSet | undefined> {
  await serde.resolve(bytes);
  const decoded = serde.decode(bytes);
  return decoded?.ok === true ? decoded.value : undefined;
}

function keepNewer(newest: Map<string, CandidateSet>, set: CandidateSet): void {
  const key = `${set.window}|${set.partition}`;
  const held = newest.get(key);
  if (held === undefined || isNewer(set, held)) newest.set(key, set);
}

/** The readers' rule of candidate sets. */
function isNewer(next: CandidateSet, held: CandidateSet): boolean {
  if (next.epoch !== held.epoch) return next.epoch > held.epoch;
  if (next.inputOffset !== held.inputOffset) return next.inputOffset > held.inputOffset;
  return next.asOf > held.asOf;
}
