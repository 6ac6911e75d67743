import { setTimeout as delay } from 'node:timers/promises';
import { defaultViewPartitions } from '@trending/schemas';
import type { FaultBench } from '../fault-bench.ts';
import { boardFreshAfter, historyFreshAfter } from '../oracle/freshness.ts';
import type { PaneCounts } from '../oracle/pane-counts.ts';
import type { KillLine, ResultFile, VerdictLine } from './results.ts';
import { historyTargets, type Kind, type PlannedKill } from './targets.ts';

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

/** Kills under load as planned, group by group, and judges now and then. @returns false as soon as a verdict fails, or at the end when boards or history did not come back after a kill */
export async function runKills(
  groups: readonly (readonly PlannedKill[])[],
  parts: KillRunParts,
): Promise<boolean> {
  const { publisher, results, verdictEvery } = parts;
  const planned = groups.flat().length;
  const startedAt = Date.now();
  let done = 0;
  publisher.start();
  for (const group of groups) {
    const before = results.kills.length;
    await Promise.all(
      group.map(async (kill) => {
        const line = await killOnce(kill, parts);
        results.add(line);
        done += 1;
        parts.progress(progressText(line, { done, planned, startedAt }));
      }),
    );
    const isLast = done === planned;
    const kills = before + group.length;
    const isDue = Math.floor(kills / verdictEvery) > Math.floor(before / verdictEvery);
    if (!isDue && !isLast) continue;
    if (!(await judge(kills, parts)).passed) return false;
    if (!isLast) publisher.start();
  }
  return results.kills.every(({ recoveryMs }) => recoveryMs !== null);
}

async function killOnce(kill: PlannedKill, parts: KillRunParts): Promise<KillLine> {
  const { stack, ledger, stopMs } = parts;
  const { waitMs, kind, ...named } = kill;
  await delay(waitMs);
  // Another freeze may have driven it into a restart: a signal must hit a process that serves.
  await stack.ready(kill.service, readyLimitMs);
  const before = ledger.attempted();
  const killedAt = Date.now();
  await stack.signal(kill.service, signals[kind]);
  const fresh = freshAfter(kill, { before, killedAt }, parts);
  if (kind === 'sigstop') {
    await delay(stopMs);
    await stack.signal(kill.service, 'SIGCONT');
  }
  const recoveryMs = (await fresh) ?? null;
  // A broker that hands its leaders over lives on for a while after boards are fresh.
  if (kind !== 'sigstop') await stack.ended(kill.service, killedAt, readyLimitMs);
  await stack.allReady(readyLimitMs);
  const readyMs = Date.now() - killedAt;
  const { endedAt = 0, readyAt = 0 } = await stack.ready(kill.service, readyLimitMs);
  const since = (at: number) => (at < killedAt ? null : at - killedAt);
  const at = new Date(killedAt).toISOString();
  const times = { recoveryMs, goneMs: since(endedAt), backMs: since(readyAt), readyMs };
  return { type: 'kill', ...named, kind, at, ...times };
}

function freshAfter(
  { target }: PlannedKill,
  { before, killedAt }: { readonly before: PaneCounts; readonly killedAt: number },
  { stack, tokens }: KillRunParts,
): Promise<number | undefined> {
  if (!historyTargets.includes(target))
    return boardFreshAfter(stack.gatewayUrls, { before, tokens }, recoveryLimitMs);
  const after = { killedAt, partitions: defaultViewPartitions };
  return historyFreshAfter(stack.clickhouseUrl, after, recoveryLimitMs);
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
  const { index, service, kind, recoveryMs, goneMs, backMs } = line;
  const left = ((Date.now() - startedAt) / done) * (planned - done);
  const recovered =
    recoveryMs === null ? 'not recovered' : `fresh after ${(recoveryMs / 1_000).toFixed(1)} s`;
  const steps = goneMs === null ? '' : ` (gone ${goneMs} ms, back ${backMs} ms)`;
  return `${index + 1}  ${kind} ${service}: ${recovered}${steps}; ${planned - done} left, about ${Math.ceil(left / 60_000)} min`;
}
