import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { seededRandom } from '@trending/runtime/random';
import { UsageError } from '@trending/runtime/usage';
import { openBench } from '../fault-bench.ts';
import { runKills } from './kill-run.ts';
import type { KillMatrixOptions } from './options.ts';
import { killReport } from './report.ts';
import { type PlanLine, ResultFile } from './results.ts';
import { groupsLeft, plannedKills } from './targets.ts';

export interface KillMatrixOutcome {
  readonly passed: boolean;
  readonly report: string;
  readonly results: ResultFile;
}

/** The whole run on a stack of its own. @throws UsageError, or Error when the stack does not start or a service stays away. */
export async function killMatrix(
  options: KillMatrixOptions,
  progress: (text: string) => void,
): Promise<KillMatrixOutcome> {
  const out = resolve(options.out);
  mkdirSync(out, { recursive: true });
  const results = openResults(out, options);
  const plan = { ...planOf(results, options), kills: options.kills };
  const done = new Set(results.kills.map(({ index }) => index));
  const groups = groupsLeft(plannedKills(plan, seededRandom(plan.seed)), done);
  progress(`starting a stack at offset ${options.portOffset}; data and results in ${out}`);
  const { seed, prefix } = plan;
  const { portOffset, viewsPerSecond, verdictEvery, stopSeconds, idleTokens } = options;
  const stackFlags = ['--split-roles', `--brokers=${plan.brokers}`];
  const load = { viewsPerSecond, idleTokens };
  const bench = await openBench({ out, seed, prefix, portOffset, ...load, stackFlags });
  try {
    const stopMs = stopSeconds * 1_000;
    const run = runKills(groups, { ...bench, results, verdictEvery, stopMs, progress });
    const passed = await Promise.race([run, bench.failed]);
    const report = killReport(results);
    writeFileSync(join(out, 'report.md'), `${report}\n`);
    progress(`publisher: ${JSON.stringify(bench.publisher.figures)}`);
    return { passed, report, results };
  } finally {
    await bench.close();
  }
}

function openResults(out: string, { resume }: KillMatrixOptions): ResultFile {
  const path = join(out, 'results.jsonl');
  if (!resume && existsSync(path))
    throw new UsageError(`${path} exists: give --resume to go on, or another --out`);
  return new ResultFile(path);
}

function planOf(results: ResultFile, options: KillMatrixOptions): PlanLine {
  if (results.plan !== undefined) return results.plan;
  const { seed, kills, targets, kinds, brokers } = options;
  const prefix = randomBytes(10).toString('hex');
  const plan: PlanLine = { type: 'plan', prefix, seed, kills, targets, kinds, brokers };
  results.add(plan);
  return plan;
}
