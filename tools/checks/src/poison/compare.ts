import { setTimeout as sleep } from 'node:timers/promises';
import { readFates } from '../shared/processors.ts';
import { appendAll, type Draft, draftsOf, type PoisonSettings } from './publish.ts';

export interface Comparison {
  readonly rounds: number;
  /** Records of one leg. */
  readonly records: number;
  readonly badEvery: number;
  /** Records a second until each had its fate, medians: views only, and views with one in `badEvery` mutated. */
  readonly cleanPerSecond: number;
  readonly mixedPerSecond: number;
  /** Median of the rounds' own losses, 0 to 1: both legs of a round met the same machine. */
  readonly loss: number;
}

export interface CompareSettings {
  readonly rounds: number;
  readonly records: number;
  /** One record in so many is mutated in the mixed leg. */
  readonly badEvery: number;
  readonly processors: readonly string[];
}

const deadlineMs = 120_000;

/** Times the same number of records with and without mutated ones among them, leg by leg in turn. */
export async function compareThroughput(
  poison: PoisonSettings,
  settings: CompareSettings,
): Promise<Comparison> {
  const { rounds, records, badEvery } = settings;
  const clean: number[] = [];
  const mixed: number[] = [];
  // The first round warms code and schema cache, and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const legs = [
      { every: Number.POSITIVE_INFINITY, rates: clean },
      { every: badEvery, rates: mixed },
    ];
    for (const { every, rates } of round % 2 === 0 ? legs : legs.toReversed()) {
      const drafts = await draftsOf(poison, { records, badEvery: every, round });
      const perSecond = await timed(poison, drafts, settings.processors);
      if (round > 0) rates.push(perSecond);
    }
  }
  return {
    ...{ rounds, records, badEvery },
    ...{ cleanPerSecond: median(clean), mixedPerSecond: median(mixed) },
    loss: median(clean.map((rate, i) => 1 - (mixed[i] ?? 0) / rate)),
  };
}

async function timed(
  poison: PoisonSettings,
  drafts: readonly Draft[],
  processors: readonly string[],
): Promise<number> {
  const wanted = (await accepted(processors)) + drafts.length;
  const startedAt = performance.now();
  await appendAll(poison, drafts, { bad: new Map(), good: new Set() });
  while ((await accepted(processors)) < wanted) {
    if (performance.now() - startedAt > deadlineMs)
      throw new Error(`the processors did not take ${drafts.length} records in ${deadlineMs} ms`);
    await sleep(20);
  }
  return drafts.length / ((performance.now() - startedAt) / 1_000);
}

async function accepted(processors: readonly string[]): Promise<number> {
  const fates = await readFates(processors);
  return fates.reduce((sum, one) => sum + one.accepted, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
