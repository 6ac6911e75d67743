import { type Log, type Registry, type Serde, topicName } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import {
  type CandidateSet,
  type TokenMetadata,
  topics,
  type ViewDelta,
  type ViewerJourneys,
} from '@trending/schemas';
import { type FoldedView, foldedFields } from '../domain/folded-view.ts';
import { readCategories } from '../replay/replay-source.ts';
import { noValue } from '../tasks/aggregate-batch.ts';
import { decoded } from '../tasks/rank-ports.ts';
import type { FoldableRecord, OffsetRange } from './rebuild.ts';
import { journeyPorts } from './told-journeys.ts';
import { type PartitionVerdict, type VerifyPorts, verifyPartition } from './verify-partition.ts';

export interface VerifyWorld {
  readonly log: Log;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly prefix: string;
  /** Called before each partition. */
  readonly progressed: (done: number, partitions: number) => void;
}

/** Compares the counting of every partition with a rebuild from the views. Reads only: nothing is fenced or written. */
export async function verifyState(world: VerifyWorld): Promise<PartitionVerdict[]> {
  const { log, prefix } = world;
  // Sets first: what they were made of is then known, whatever comes meanwhile.
  const sets = await newestSets(world);
  const ports = await portsOf(world);
  const partitions = await log.partitionCount(topicName(topics.views, prefix));
  const verdicts: PartitionVerdict[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    world.progressed(partition, partitions);
    const own = sets.filter((set) => set.partition === partition);
    verdicts.push(await verifyPartition(ports, partition, own));
  }
  world.progressed(partitions, partitions);
  return verdicts;
}

/** The verdicts as a table, and whether all is well: a partition with records of which nothing was compared is not. */
export function verdictText(verdicts: readonly PartitionVerdict[]): {
  readonly text: string;
  readonly isWell: boolean;
} {
  const differ = verdicts.filter(
    ({ differences, wrongSets }) => differences.length > 0 || wrongSets.length > 0,
  );
  // No cells are fine where a checkpoint covers records: they may all be dead letters.
  const unknown = verdicts.filter(
    ({ records, covered, sets }) => records > 0 && covered === 0 && sets === 0,
  );
  const lines = [
    'partition  checkpoint at      cells  cells wrong  sets  sets wrong  sets left out',
    ...verdicts.flatMap(rowsOf),
    ...notesOf(verdicts, unknown),
  ];
  const isWell = differ.length === 0 && unknown.length === 0;
  if (differ.length > 0) lines.push('✗ DIFFERENT: counts cannot be trusted');
  else lines.push(isWell ? '✓ the same, cell by cell' : '✗ NOT COMPARED: nothing is shown');
  return { text: `${lines.join('\n')}\n`, isWell };
}

function rowsOf(verdict: PartitionVerdict): string[] {
  const { partition, checkedAt, cells, differences, sets, wrongSets, setsLeftOut } = verdict;
  const columns = [
    String(partition).padStart(9),
    String(checkedAt ?? '-').padStart(14),
    String(cells).padStart(11),
    String(differences.length).padStart(12),
    String(sets).padStart(6),
    String(wrongSets.length).padStart(11),
    String(setsLeftOut).padStart(14),
  ];
  return [
    columns.join(''),
    ...differences.map(
      ({ cell, kept, rebuilt }) =>
        `  ${cell}: checkpoint ${kept ?? 'nothing'}, rebuilt ${rebuilt ?? 'nothing'}`,
    ),
    ...wrongSets.map((window) => `  the ${window} candidate set differs`),
  ];
}

/** What the table does not say: what was not compared, and why. */
function notesOf(
  verdicts: readonly PartitionVerdict[],
  unknown: readonly PartitionVerdict[],
): string[] {
  const leftOut = verdicts.reduce((sum, { setsLeftOut }) => sum + setsLeftOut, 0);
  const unclassed = verdicts.filter(
    (one) => one.checkedAt !== undefined && !one.hasComparedClasses,
  );
  return [
    ...(leftOut > 0
      ? [`${leftOut} sets left out: made with other categories than those of now; run again later`]
      : []),
    ...(unclassed.length > 0
      ? [
          `records by class not compared in ${unclassed.length} partitions: counted since before the oldest view that matters, or holding records whose schema came later`,
        ]
      : []),
    ...unknown.map(
      ({ partition, records }) =>
        `partition ${partition} has ${records} records, but no checkpoint and no set to compare: is the aggregate role up?`,
    ),
  ];
}

async function portsOf({
  log,
  registry,
  clock,
  logger,
  prefix,
}: VerifyWorld): Promise<VerifyPorts> {
  const views = await registry.serde<FoldedView>(topics.views, prefix, { fields: foldedFields });
  const metadata = await registry.serde<TokenMetadata>(topics.metadata, prefix);
  const journeys = await registry.serde<ViewerJourneys>(topics.journeys, prefix);
  const deltasTopic = topicName(topics.viewDeltas, prefix);
  const viewsTopic = topicName(topics.views, prefix);
  return {
    log,
    clock,
    logger,
    metrics: { checkpointBytes: { inc: () => undefined } },
    deltas: await registry.serde<ViewDelta>(topics.viewDeltas, prefix),
    deltasTopic,
    categories: await readCategories(log, metadata, topicName(topics.metadata, prefix)),
    deltasStart: await log.startOffsets(deltasTopic),
    deltasEnd: await log.endOffsets(deltasTopic),
    viewsStart: await log.startOffsets(viewsTopic),
    viewsEnd: await log.endOffsets(viewsTopic),
    ...(await journeyPorts(log, journeys, prefix)),
    views: (partition, range) => foldable(log, views, { topic: viewsTopic, partition, ...range }),
    offsetsForTime: (time) => log.offsetsForTime(viewsTopic, time),
  };
}

/** The views of a partition, decoded. */
export async function* foldable(
  log: Log,
  serde: Serde<FoldedView>,
  { topic, partition, from, to }: OffsetRange & { topic: string; partition: number },
): AsyncGenerator<FoldableRecord> {
  if (from >= to) return;
  for await (const { records } of log.read({ topic, partition }, { from, to, withMarkers: true })) {
    for (const record of records) {
      const { value } = record;
      if (value !== null && serde.decode(value) === undefined) await serde.resolve(value);
      yield { record, decoded: (value === null ? noValue : serde.decode(value)) ?? noValue };
    }
  }
}

/** The newest set of every window and partition. */
async function newestSets({ log, registry, prefix }: VerifyWorld): Promise<CandidateSet[]> {
  const serde = await registry.serde<CandidateSet>(topics.candidates, prefix);
  const sets: CandidateSet[] = [];
  for (const value of (await newestValues(log, topicName(topics.candidates, prefix))).values()) {
    const set = await decoded(serde, value);
    if (set !== undefined) sets.push(set);
  }
  return sets;
}

/** The newest value of every key of a topic of one partition. */
export async function newestValues(
  log: Log,
  topic: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const from = (await log.startOffsets(topic)).get(0) ?? 0;
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  const newest = new Map<string, Uint8Array>();
  for await (const { records } of log.read({ topic, partition: 0 }, { from, to }))
    for (const { key, value } of records) {
      const name = Buffer.from(key ?? '').toString();
      if (value === null) newest.delete(name);
      else newest.set(name, value);
    }
  return newest;
}
