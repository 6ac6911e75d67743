import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, type Serde, topicName } from '@trending/kafka';
import { fateNames, type PartitionFates } from '@trending/runtime';
import { type TokenView, topics } from '@trending/schemas';
import type { CheckConfig } from '../shared/config.ts';
import { deadLetters } from '../shared/dead-letters.ts';
import { readFates } from '../shared/processors.ts';
import { sql } from '../shared/sql.ts';
import { accountOf, type Outcome, type PoisonAccount } from './account.ts';
import { type Comparison, compareThroughput } from './compare.ts';
import { type MemoryReport, watchMemory } from './memory.ts';
import { publishPoison } from './publish.ts';

export interface PoisonReport extends PoisonAccount {
  readonly seed: number;
  readonly frames: number;
  readonly good: number;
  /** Increase of each class at the processors while the run lasted. */
  readonly fates: Readonly<Record<string, number>>;
  readonly residual: number;
  /** From the first append until everything had its fate, letter and row. */
  readonly seconds: number;
  readonly memory: MemoryReport;
  readonly comparison: Comparison | undefined;
  readonly ok: boolean;
}

export interface PoisonDeps {
  readonly log: Log;
  readonly serde: Serde<TokenView>;
  readonly config: CheckConfig;
  readonly progressed: (frames: number) => void;
}

const deadlineMs = 180_000;
/** Of one leg of the comparison of throughput. */
const records = 20_000;

export interface PoisonPlan {
  readonly frames: number;
  readonly seed: number;
  /** Rounds of the comparison of throughput; 0 = none. */
  readonly rounds: number;
  /** In that comparison one record in so many is mutated. */
  readonly badEvery: number;
}

/** Nobody else may publish meanwhile: classes are compared as differences. */
export async function runPoison(
  deps: PoisonDeps,
  { frames, seed, rounds, badEvery }: PoisonPlan,
): Promise<PoisonReport> {
  const { log, serde, config, progressed } = deps;
  const topic = topicName(topics.views, config.TOPIC_PREFIX);
  const lettersTopic = topicName(topics.deadLetters, config.TOPIC_PREFIX);
  const lettersFrom = await log.endOffsets(lettersTopic);
  const viewsFrom = await log.endOffsets(topic);
  const before = sumOf(await readFates(config.processors));
  const memory = watchMemory(config.processors);
  const startedAt = performance.now();
  const settings = { log, serde, topic, frames, seed, progressed };
  const sent = await publishPoison(settings);
  const account = await settledAccount(async () => {
    const letters = await lettersOf(log, lettersTopic, { topic, from: lettersFrom });
    const rows = await rowsFrom(config, viewsFrom);
    return accountOf(sent, { letters, rows });
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = sumOf(await readFates(config.processors));
  const memoryReport = memory.stop();
  const { processors } = config;
  const comparison =
    rounds === 0
      ? undefined
      : await compareThroughput(settings, { ...{ rounds, records, badEvery, processors } });
  const grown = fateNames.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  const fates = Object.fromEntries(grown);
  const residual = after['residual'] ?? 0;
  const counted = (fates['counted'] ?? 0) + (fates['lateCounted'] ?? 0);
  const isBalanced =
    residual === 0 &&
    fates['deadLettered'] === account.deadLettered &&
    counted >= sent.good.size &&
    grown.reduce((sum, [, more]) => sum + more, 0) === 2 * frames;
  return {
    ...{ ...account, seed, frames, good: sent.good.size, fates, residual, seconds },
    ...{ memory: memoryReport, comparison },
    ok: isBalanced && account.wrong.length === 0,
  };
}

/** Asks until nothing is wrong, or the deadline is over. */
async function settledAccount(ask: () => Promise<PoisonAccount>): Promise<PoisonAccount> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const account = await ask();
    if (account.wrong.length === 0 || performance.now() > deadline) return account;
    await sleep(1_000);
  }
}

async function lettersOf(
  log: Log,
  lettersTopic: string,
  { topic, from }: { readonly topic: string; readonly from: ReadonlyMap<number, number> },
): Promise<Outcome['letters']> {
  const letters = new Map<string, { count: number; stage: string }>();
  for await (const letter of deadLetters({ log, topic: lettersTopic, from })) {
    if (letter.topic !== topic) continue;
    const place = `${letter.partition}/${letter.offset}`;
    const count = (letters.get(place)?.count ?? 0) + 1;
    letters.set(place, { count, stage: letter.stage });
  }
  return letters;
}

async function rowsFrom(
  config: CheckConfig,
  from: ReadonlyMap<number, number>,
): Promise<Outcome['rows']> {
  const ranges = [...from].map(([p, offset]) => `(_partition = ${p} AND _offset >= ${offset})`);
  const query = `SELECT concat(toString(_partition), '/', toString(_offset)) AS place, toUInt32(count()) AS n
    FROM token_views WHERE _topic = '${topics.views.name}' AND (${ranges.join(' OR ')}) GROUP BY place`;
  const rows = await sql<{ place: string; n: number }>(config, query);
  return new Map(rows.map(({ place, n }) => [place, Number(n)]));
}

function sumOf(all: readonly PartitionFates[]): Record<string, number> {
  const sums: Record<string, number> = { residual: 0 };
  for (const { fates, residual, unaccepted } of all) {
    sums['residual'] = (sums['residual'] ?? 0) + Math.abs(residual) + Math.abs(unaccepted);
    for (const name of fateNames) sums[name] = (sums[name] ?? 0) + fates[name];
  }
  return sums;
}
