import { setTimeout as delay } from 'node:timers/promises';
import { defaultViewPartitions } from '@trending/schemas';
import type { FaultBench } from '../fault-bench.ts';
import { boardFreshAfter, historyFreshAfter } from '../oracle/freshness.ts';
import type { KillLine, ResultFile, VerdictLine } from './results.ts';
import type { Kind, PlannedKill } from './targets.ts';

export interface KillRunParts extends FaultBench {
  readonly results: ResultFile;
  readonly verdictEvery: number;
  readonly stopMs: number;
  readonly progress: (text: string) => void;
}

const recoveryLimitMs = 240_000;
const readyLimitMs = 180_000;
const signals: Readonly<Record<Kind, NodeJS.Signals>> = {
  sigkill: 'SIGKILL',
  sigstop: 'SIGSTOP',
  sigterm: 'SIGTERM',
};

/** Kills under load as planned, and judges now and then. @returns false as soon as a verdict fails. */
export async function runKills(
  planned: readonly PlannedKill[],
  parts: KillRunParts,
): Promise<boolean> {
  const { publisher, results, verdictEvery } = parts;
  const startedAt = Date.now();
  publisher.start();
  for (const [done, kill] of planned.entries()) {
    await delay(kill.waitMs);
    const line = await killOnce(kill, parts);
    results.add(line);
    parts.progress(progressText(line, { done: done + 1, planned: planned.length, startedAt }));
    const isLast = done + 1 === planned.length;
    if ((kill.index + 1) % verdictEvery !== 0 && !isLast) continue;
    if (!(await judge(kill.index + 1, parts)).passed) return false;
    if (!isLast) publisher.start();
  }
  return true;
}

async function killOnce(kill: PlannedKill, parts: KillRunParts): Promise<KillLine> {
  const { stack, ledger, tokens, stopMs } = parts;
  const { index, target, service, kind } = kill;
  const before = ledger.attempted();
  const killedAt = Date.now();
  await stack.signal(service, signals[kind]);
  const isHistory = target === 'sink' || target === 'clickhouse';
  const fresh = isHistory
    ? historyFreshAfter(
        stack.clickhouseUrl,
        { killedAt, partitions: defaultViewPartitions },
        recoveryLimitMs,
      )
    : boardFreshAfter(stack.gatewayUrl, { before, tokens }, recoveryLimitMs);
  if (kind === 'sigstop') {
    await delay(stopMs);
    await stack.signal(service, 'SIGCONT');
  }
  const recoveryMs = (await fresh) ?? null;
  await stack.allReady(readyLimitMs);
  const readyMs = Date.now() - killedAt;
  const at = new Date(killedAt).toISOString();
  return { type: 'kill', index, target, service, kind, at, recoveryMs, readyMs };
}

async function judge(kills: number, parts: KillRunParts): Promise<VerdictLine> {
  const { publisher, oracle, results, progress } = parts;
  await publisher.pause();
  const verdict = await oracle.judge();
  const line: VerdictLine = { type: 'verdict', at: new Date().toISOString(), kills, ...verdict };
  results.add(line);
  progress(verdictText(line));
  return line;
}

function verdictText({
  passed,
  kills,
  acknowledged,
  lost,
  double,
  tookMs,
  differences,
}: VerdictLine): string {
  const head = `${passed ? 'PASS' : 'FAIL'} after ${kills} kills: ${acknowledged} events acknowledged, ${lost} lost, ${double} double, agreed after ${(tookMs / 1_000).toFixed(1)} s`;
  const lines = differences.map(
    ({ place, expected, actual }) => `    ${place}: expected ${expected}, is ${actual}`,
  );
  return [head, ...lines].join('\n');
}

interface Position {
  readonly done: number;
  readonly planned: number;
  readonly startedAt: number;
}

function progressText(line: KillLine, { done, planned, startedAt }: Position): string {
  const { index, service, kind, recoveryMs } = line;
  const left = ((Date.now() - startedAt) / done) * (planned - done);
  const recovered =
    recoveryMs === null ? 'not recovered' : `fresh after ${(recoveryMs / 1_000).toFixed(1)} s`;
  return `${index + 1}  ${kind} ${service}: ${recovered}; ${planned - done} left, about ${Math.ceil(left / 60_000)} min`;
}
