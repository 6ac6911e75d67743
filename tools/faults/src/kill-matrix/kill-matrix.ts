import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLogger } from '@trending/runtime';
import { EventLedger } from '../oracle/event-ledger.ts';
import { Oracle } from '../oracle/oracle.ts';
import { Publisher } from '../publisher/publisher.ts';
import { tokensOnEveryPartition } from '../publisher/tokens.ts';
import { randomOf } from '../random.ts';
import { startFaultStack } from '../stack/fault-stack.ts';
import { runKills } from './kill-run.ts';
import { type KillMatrixOptions, UsageError } from './options.ts';
import { killReport } from './report.ts';
import { type PlanLine, ResultFile } from './results.ts';
import { plannedKills } from './targets.ts';

const tokensPerPartition = 2;

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
  const planned = plannedKills(plan, randomOf(plan.seed)).slice(results.kills.length);
  const published = tokensOnEveryPartition(tokensPerPartition, randomOf(plan.seed + 1));
  const tokens = published.map(({ key }) => key);
  const ledger = new EventLedger({ prefix: plan.prefix, tokens: tokens.length, folder: out });
  progress(`starting a stack at offset ${options.portOffset}; data and results in ${out}`);
  const stack = await startFaultStack({
    portOffset: options.portOffset,
    flags: ['--split-roles', `--data-dir=${join(out, 'data')}`],
    logPath: join(out, 'stack.log'),
  });
  const logger = createLogger({ service: 'kill-matrix', level: 'fatal' });
  const oracle = new Oracle({ ...stack, tokens, logger }, ledger);
  const failure = Promise.withResolvers<never>();
  const publisher = new Publisher({
    api: stack.producerUrl,
    key: stack.apiKey,
    tokens: published,
    ledger,
    viewsPerSecond: options.viewsPerSecond,
    random: randomOf(plan.seed + 2 + results.kills.length),
    failed: failure.reject,
  });
  const stopMs = options.stopSeconds * 1_000;
  const parts = { stack, publisher, ledger, oracle, results, tokens, stopMs, progress };
  try {
    const run = runKills(planned, { ...parts, verdictEvery: options.verdictEvery });
    const passed = await Promise.race([run, failure.promise]);
    const report = killReport(results);
    writeFileSync(join(out, 'report.md'), `${report}\n`);
    progress(`publisher: ${JSON.stringify(publisher.figures)}`);
    return { passed, report, results };
  } finally {
    await oracle.close();
    await stack.stop();
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
  const { seed, kills, targets, kinds } = options;
  const prefix = randomBytes(10).toString('hex');
  const plan: PlanLine = { type: 'plan', prefix, seed, kills, targets, kinds };
  results.add(plan);
  return plan;
}
