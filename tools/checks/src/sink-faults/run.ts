import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@trending/runtime/random';
import { sql } from '../shared/sql.ts';
import { pick } from './faults.ts';
import { type Oracle, startLoad } from './load.ts';
import type { SinkWorld } from './world.ts';

export interface TableCounts {
  readonly rows: number;
  readonly places: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

export interface SinkFaultsReport {
  readonly seed: number;
  readonly faults: number;
  readonly byName: Readonly<Record<string, number>>;
  readonly oracle: Oracle;
  readonly found: TableCounts;
  readonly sinkStarts: number;
  readonly clickhouseStarts: number;
  readonly seconds: number;
  readonly ok: boolean;
}

export interface SinkFaultsSettings {
  readonly faults: number;
  readonly seed: number;
  readonly progressed: (done: number) => void;
}

const settleMs = 90_000;
/** A fault that finds nothing to hurt is followed by another, at most so often in a row. */
const missesMax = 20;

export async function runSinkFaults(
  world: SinkWorld,
  settings: SinkFaultsSettings,
): Promise<SinkFaultsReport> {
  const { faults, seed } = settings;
  const startedAt = performance.now();
  const load = startLoad(world);
  const byName = await causeFaults(world, settings);
  await load.stop();
  const found = await settled(world, load.oracle);
  return {
    ...{ seed, faults, byName, oracle: load.oracle, found },
    sinkStarts: world.sink.starts,
    clickhouseStarts: world.clickhouse.starts,
    seconds: (performance.now() - startedAt) / 1_000,
    ok: isExact(found, load.oracle),
  };
}

async function causeFaults(
  world: SinkWorld,
  { faults, seed, progressed }: SinkFaultsSettings,
): Promise<Record<string, number>> {
  const random = seededRandom(seed);
  const byName: Record<string, number> = {};
  let misses = 0;
  for (let done = 0; done < faults; ) {
    const fault = pick(random);
    const wasHit = await fault.act(world, random);
    misses = wasHit ? 0 : misses + 1;
    if (misses > missesMax) throw new Error('the sink inserts nothing any more: see its log');
    if (!wasHit) continue;
    done += 1;
    byName[fault.name] = (byName[fault.name] ?? 0) + 1;
    progressed(done);
    await sleep(random() * 300);
  }
  return byName;
}

export function isExact(found: TableCounts, { views, counted }: Oracle): boolean {
  const isRaw = found.rows === views && found.places === views;
  return isRaw && found.minute === counted && found.hour === counted && found.day === counted;
}

/** The tables once everything arrived; then two seconds more, in which nothing may be added. */
async function settled(world: SinkWorld, oracle: Oracle): Promise<TableCounts> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const counts = await countsOf(world).catch(() => undefined);
    if (counts !== undefined && counts.places >= oracle.views) break;
    if (performance.now() > deadline) break;
    await sleep(500);
  }
  await sleep(2_000);
  return countsOf(world);
}

/** Sums without FINAL: what any analyst would get. */
async function countsOf({ server }: SinkWorld): Promise<TableCounts> {
  const query = `SELECT
    (SELECT count() FROM token_views) AS rows,
    (SELECT uniqExact((_topic, _partition, _offset)) FROM token_views) AS places,
    (SELECT sum(views) FROM token_views_by_minute) AS minute,
    (SELECT sum(views) FROM token_views_by_hour) AS hour,
    (SELECT sum(views) FROM token_views_by_day) AS day`;
  const [row] = await sql<Record<keyof TableCounts, string>>(server, query);
  const read = (name: keyof TableCounts) => Number(row?.[name] ?? 0);
  return {
    rows: read('rows'),
    places: read('places'),
    minute: read('minute'),
    hour: read('hour'),
    day: read('day'),
  };
}
