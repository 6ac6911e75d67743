import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@trending/runtime/random';
import { pick } from './faults.ts';
import { emptyOracle, type Oracle, startLoad } from './load.ts';
import { isExact, settledCounts, type TableCounts } from './tables.ts';
import type { SinkWorld } from './world.ts';

/** Some faults, and what the tables held of everything published since the world began once they were over. */
export interface SliceVerdict {
  readonly slice: number;
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
  readonly seed: number;
  /** Numbers and sizes of the slices to run; a slice's faults follow from the seed and its number alone. */
  readonly slices: readonly { readonly slice: number; readonly faults: number }[];
  readonly progressed: (more: number) => void;
  readonly judged: (verdict: SliceVerdict) => void;
}

/** A fault that finds nothing to hurt is followed by another, at most so often in a row. */
const missesMax = 20;

/** Faults slice by slice, a verdict after each; ends early after one that is not exact. */
export async function runSinkFaults(
  world: SinkWorld,
  settings: SinkFaultsSettings,
): Promise<boolean> {
  const oracle = emptyOracle();
  for (const { slice, faults } of settings.slices) {
    const startedAt = performance.now();
    const { sink, clickhouse } = world;
    const before = { sink: sink.starts, clickhouse: clickhouse.starts };
    const load = startLoad(world, oracle);
    const random = seededRandom(settings.seed * 1_000 + slice);
    const byName = await causeFaults(world, { faults, random, progressed: settings.progressed });
    await load.stop();
    const found = await settledCounts(world, oracle);
    const ok = isExact(found, oracle);
    settings.judged({
      ...{ slice, faults, byName, oracle: { ...oracle }, found, ok },
      sinkStarts: sink.starts - before.sink,
      clickhouseStarts: clickhouse.starts - before.clickhouse,
      seconds: (performance.now() - startedAt) / 1_000,
    });
    if (!ok) return false;
  }
  return true;
}

interface Slice {
  readonly faults: number;
  readonly random: () => number;
  readonly progressed: (more: number) => void;
}

async function causeFaults(
  world: SinkWorld,
  { faults, random, progressed }: Slice,
): Promise<Record<string, number>> {
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
    progressed(1);
    await sleep(random() * 300);
  }
  return byName;
}
