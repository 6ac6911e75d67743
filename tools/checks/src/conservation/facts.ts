import { type Log, topicName } from '@trending/kafka';
import { topics } from '@trending/schemas';
import type { CheckConfig } from '../shared/config.ts';
import { deadLetters } from '../shared/dead-letters.ts';
import { readFates } from '../shared/processors.ts';
import { sql } from '../shared/sql.ts';
import { offsetsWithoutRow, type PartitionFacts } from './balance.ts';

interface Rows {
  readonly partition: number;
  readonly rows: number;
  readonly places: number;
}

/** What log, processors and ClickHouse say now; they are asked one after the other, so only a standing log compares exactly. */
export async function gatherFacts(log: Log, config: CheckConfig): Promise<PartitionFacts[]> {
  const views = topicName(topics.views, config.TOPIC_PREFIX);
  const [fates, starts, ends] = await Promise.all([
    readFates(config.processors),
    log.startOffsets(views),
    log.endOffsets(views),
  ]);
  const stored = await storedRows(config, starts);
  const letters = await lettersByPartition(log, config);
  const facts = [...ends]
    .sort(([a], [b]) => a - b)
    .map(([partition, logEnd]) => {
      const logStart = starts.get(partition) ?? 0;
      const own = fates.find((one) => one.partition === partition);
      // A process that does not tell what it did not accept is taken at its word here, and found out by the law.
      const unaccepted = own?.unaccepted || 0;
      const began = own === undefined ? logStart : own.position - own.accepted - unaccepted;
      const places = letters.get(partition) ?? { all: new Set(), undecodable: new Set() };
      const rows = stored.find((one) => Number(one.partition) === partition);
      return {
        ...{ partition, logStart, logEnd, fates: own },
        deadLetters: countFrom(places.all, began),
        undecodable: countFrom(places.undecodable, logStart),
        rows: Number(rows?.rows ?? 0),
        places: Number(rows?.places ?? 0),
      };
    });
  return Promise.all(
    facts.map(async (own) => ({ ...own, markers: await markersOf(log, views, own) })),
  );
}

/** Nobody else knows of markers that are older than the state: the log is read, if what is known leaves offsets over. */
async function markersOf(
  log: Log,
  topic: string,
  facts: Omit<PartitionFacts, 'markers'>,
): Promise<number> {
  const { partition, logStart, logEnd, fates } = facts;
  if (fates === undefined || fates.position < logEnd || offsetsWithoutRow(facts) <= 0) return 0;
  const isWholeState = fates.position - fates.accepted <= logStart;
  if (isWholeState && fates.fates.markers === 0) return 0;
  let count = 0;
  const range = { from: logStart, to: logEnd, withMarkers: true };
  for await (const { records } of log.read({ topic, partition }, range))
    count += records.filter(({ isMarker }) => isMarker).length;
  return count;
}

/** The processors' logs are kept for less time than rows and dead letters: only the log's own range is compared. */
async function storedRows(
  config: CheckConfig,
  starts: ReadonlyMap<number, number>,
): Promise<readonly Rows[]> {
  const since = [...starts]
    .filter(([, start]) => start > 0)
    .map(([partition, start]) => `AND NOT (_partition = ${partition} AND _offset < ${start})`);
  const query = `SELECT _partition AS partition, count() AS rows, uniqExact(_offset) AS places
    FROM token_views WHERE _topic = '${topics.views.name}' ${since.join(' ')} GROUP BY _partition`;
  return sql<Rows>(config, query);
}

interface Places {
  readonly all: Set<number>;
  readonly undecodable: Set<number>;
}

async function lettersByPartition(log: Log, config: CheckConfig): Promise<Map<number, Places>> {
  const views = topicName(topics.views, config.TOPIC_PREFIX);
  const topic = topicName(topics.deadLetters, config.TOPIC_PREFIX);
  const found = new Map<number, Places>();
  for await (const letter of deadLetters({ log, topic })) {
    if (letter.topic !== views) continue;
    const places = found.get(letter.partition) ?? { all: new Set(), undecodable: new Set() };
    found.set(letter.partition, places);
    places.all.add(letter.offset);
    if (letter.stage === 'decode') places.undecodable.add(letter.offset);
  }
  return found;
}

function countFrom(offsets: ReadonlySet<number>, from: number): number {
  let count = 0;
  for (const offset of offsets) if (offset >= from) count += 1;
  return count;
}
