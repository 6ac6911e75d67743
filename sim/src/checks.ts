import { deadLetterHeaderPrefix } from '@trending/kafka';
import { type CandidateSet, topics } from '@trending/schemas';
import { checkBoards } from './board-checks.ts';
import { Wrong } from './failure.ts';
import { checkJourneys } from './journey-checks.ts';
import { toldFacts } from './journey-oracle.ts';
import { memoryMs, NaivePartition } from './oracle.ts';
import { checkRecoveries } from './recovery-checks.ts';
import { checkSet } from './set-checks.ts';
import { tokenKeys } from './tokens.ts';
import type { World } from './world.ts';

const sampledSets = 16;

/** The end of a run against what the views say, counted plainly. @throws Wrong */
export async function checkEverything(world: World): Promise<void> {
  const naive = toldFacts(world).map((told, partition) => {
    const counted = new NaivePartition(told);
    for (const record of world.broker.topic(topics.views.name).partition(partition).records)
      counted.take(record);
    return counted;
  });
  checkAcknowledged(world, naive);
  for (const [partition, counted] of naive.entries()) {
    checkKeys(partition, counted);
    checkCounts(world, partition, counted);
    checkDeadLetters(world, partition, counted);
    checkClickHouse(world, partition, counted);
  }
  for (const set of chosen(world)) checkSet(set, naive[set.partition] as NaivePartition);
  checkJourneys(world, naive);
  checkBoards(world);
  await checkRecoveries(world, naive);
}

interface EventFate {
  isDead: boolean;
  /** Log times of its records that are neither dead nor duplicates. */
  readonly taken: number[];
}

/** Each acknowledged event is in the log and has a fate; it is taken a second time only behind the memory of ids. */
function checkAcknowledged({ acknowledged }: World, naive: readonly NaivePartition[]): void {
  const fates = fatesOf(naive);
  for (const id of acknowledged) {
    const fate = fates.get(id);
    if (fate === undefined) throw new Wrong(`event ${id} was acknowledged and is not in the log`);
    const { isDead, taken } = fate;
    if (taken.length === 0 && !isDead)
      throw new Wrong(`event ${id} is in the log and counted nowhere`);
    if (taken.some((time, i) => time - (taken[i - 1] ?? Number.NEGATIVE_INFINITY) <= memoryMs))
      throw new Wrong(`event ${id} counts twice within the memory of event ids`);
  }
}

function fatesOf(naive: readonly NaivePartition[]): ReadonlyMap<number, EventFate> {
  const fates = new Map<number, EventFate>();
  for (const { eventId, class: kind, logTime } of naive.flatMap(({ views }) => views)) {
    const fate = fates.get(eventId) ?? { isDead: false, taken: [] };
    fates.set(eventId, fate);
    if (kind === 'dead') fate.isDead = true;
    else if (kind !== 'duplicate') fate.taken.push(logTime);
  }
  return fates;
}

/** A token has one name, and so one partition, however it was spelled. */
function checkKeys(partition: number, { views }: NaivePartition): void {
  for (const { view, offset } of views)
    if (view !== undefined && !tokenKeys.has(view.token))
      throw new Wrong(
        `record ${partition}/${offset} has a token under a second key: ${view.token}`,
      );
}

function checkCounts(world: World, partition: number, naive: NaivePartition): void {
  const [task] = world.ownersOf(partition);
  if (task === undefined) throw new Wrong(`partition ${partition} has no owner`);
  const { counts } = task.state;
  const expected = naive.counts(task.position);
  const pairs: [string, number, number][] = [
    ['accepted', counts.accepted, expected.accepted],
    ['counted', counts.counted, expected.counted],
    ['late and counted', counts.lateCounted, expected['late-kept']],
    ['late and dropped', counts.lateDropped, expected['late-dropped']],
    ['duplicate', counts.duplicate, expected.duplicate],
    ['filtered', counts.filtered, expected.filtered],
    ['dead-lettered', counts.deadLettered, expected.dead],
    ['residual', counts.residual(), 0],
    ['not accepted', task.state.unaccepted(), 0],
  ];
  for (const [what, found, wanted] of pairs)
    if (found !== wanted)
      throw new Wrong(`partition ${partition}: ${what} ${found}, not ${wanted}`);
}

function checkDeadLetters({ broker }: World, partition: number, naive: NaivePartition): void {
  const { records } = broker.topic(topics.deadLetters.name).partition(partition);
  const found = new Set(
    records.map(({ headers }) => Number(String(headers[`${deadLetterHeaderPrefix}offset`]))),
  );
  for (const { class: kind, offset } of naive.views)
    if (kind === 'dead' && !found.has(offset))
      throw new Wrong(`record ${partition}/${offset} is dead and has no dead letter`);
}

/** count() = uniqExact = decodable records = roll-up. */
function checkClickHouse({ clickhouse }: World, partition: number, naive: NaivePartition): void {
  const rows = clickhouse.rows.filter((row) => row.partition === partition);
  const unique = new Set(rows.map(({ offset }) => offset));
  const wanted = naive.views.filter(({ eventId }) => eventId !== 0).length;
  const found = [rows.length, unique.size, clickhouse.rollup.get(partition)?.views ?? 0];
  if (found.some((count) => count !== wanted))
    throw new Wrong(
      `ClickHouse, partition ${partition}: count, uniqExact and roll-up are ${found.join(', ')}, not ${wanted}`,
    );
}

function chosen({ sets, random }: World): CandidateSet[] {
  const some = Array.from({ length: sampledSets }, () => random.pick(sets));
  return [...some, ...sets.slice(-sampledSets)];
}
