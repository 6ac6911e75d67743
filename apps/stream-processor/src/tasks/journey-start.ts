import type { GroupConsumer } from '@trending/kafka';
import { dayMs, dayOf } from '../domain/journey.ts';
import type { JourneyPorts } from './journey-ports.ts';
import { withRetries } from './retry.ts';

type Offsets = ReadonlyMap<number, number>;

/** What the sightings topic holds at an assignment, by partition. */
interface SightingRanges {
  readonly first: Offsets;
  readonly end: Offsets;
  /** Where the day before today begins. */
  readonly rebuild: Offsets;
}

/** Where a partition's memory begins, and where its facts do. */
export interface JourneyStart {
  readonly rebuildFrom: number;
  readonly goOnAt: number;
  /** Of the topic's partition. */
  readonly end: number;
}

/** Asked once an assignment, and only after what was committed: ends move on. */
export function sightingRanges({
  log,
  clock,
  logger,
  sightingsTopic,
}: JourneyPorts): Promise<SightingRanges> {
  const yesterday = (dayOf(clock.now()) - 1) * dayMs;
  return withRetries(
    async () => ({
      first: await log.startOffsets(sightingsTopic),
      rebuild: await log.offsetsForTime(sightingsTopic, yesterday),
      end: await log.endOffsets(sightingsTopic),
    }),
    (error) => logger.warn({ err: error }, 'the sightings topic does not answer yet'),
  );
}

/** What the group committed of partitions of the sightings; -1 = nothing. */
export async function committedOffsets(
  consumer: GroupConsumer,
  partitions: readonly number[],
  { logger, sightingsTopic: topic }: JourneyPorts,
): Promise<Offsets> {
  const ask = async (partition: number) =>
    [partition, (await consumer.committed({ topic, partition })).offset] as const;
  return new Map(
    await withRetries(
      () => Promise.all(partitions.map(ask)),
      (error) => logger.warn({ err: error }, 'committed offsets could not be asked for yet'),
    ),
  );
}

/**
 * Facts go on where they were committed, or begin with the day before today. Sightings that are gone cost their facts and nothing else, so that
 * neither they nor a topic that was made anew stop anybody.
 */
export function journeyStartOf(
  partition: number,
  committed: number,
  { ranges, logger }: { readonly ranges: SightingRanges; readonly logger: JourneyPorts['logger'] },
): JourneyStart {
  const first = ranges.first.get(partition) ?? 0;
  const end = Math.max(first, ranges.end.get(partition) ?? 0);
  const day = Math.max(first, Math.min(end, ranges.rebuild.get(partition) ?? first));
  if (committed < 0) return { rebuildFrom: day, goOnAt: day, end };
  if (committed > end) {
    logger.warn({ partition, committed, end }, 'the sightings topic was made anew: begun anew');
    return { rebuildFrom: day, goOnAt: day, end };
  }
  if (committed < first)
    logger.warn(
      { partition, committed, first },
      'retention removed sightings before they were read',
    );
  const goOnAt = Math.max(committed, first);
  return { rebuildFrom: Math.min(day, goOnAt), goOnAt, end };
}
