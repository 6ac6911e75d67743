import type { KillLine, ResultFile, VerdictLine } from './results.ts';
import { historyTargets, type Kind, kinds, targets } from './targets.ts';

/** What recovery should take at most for 95 of 100 kills, ms. A freeze has no goal: it lasts as long as it lasts. */
const goals: Readonly<Partial<Record<Kind, number>>> = { sigkill: 15_000, sigterm: 3_000 };

/** Markdown: what was run, the verdict, recovery beside its goals, and one row per target and kind. */
export function killReport(results: Pick<ResultFile, 'kills' | 'verdicts'>): string {
  const { kills, verdicts } = results;
  const rows = targets.flatMap((target) =>
    kinds.flatMap((kind) => {
      const mine = kills.filter((kill) => kill.target === target && kill.kind === kind);
      return mine.length === 0 ? [] : [rowOf(`${target} | ${kind}`, mine, verdicts)];
    }),
  );
  const sums = kinds.flatMap((kind) => {
    const mine = kills.filter((kill) => kill.kind === kind);
    return mine.length === 0 ? [] : [rowOf(`**all** | ${kind}`, mine, verdicts)];
  });
  return [
    headOf(results),
    ...kinds.flatMap((kind) => goalLine(kind, kills)),
    '',
    '| target | kind | kills | lost | double | recovery p50 | p95 | max | gone p50 | back p50 |',
    '| ------ | ---- | ----: | ---: | -----: | -----------: | --: | --: | -------: | -------: |',
    ...rows,
    ...sums,
    '',
    'Recovery: from the signal until the board served over REST holds, for every token, a view published after the kill; for sink and',
    'clickhouse until every partition has such a view in ClickHouse. Gone: until the process ended; back: until its successor was ready.',
    'Lost and double are those of the verdict that follows a kill. Freezes overlap in groups, and each waits for what the others hold up.',
  ].join('\n');
}

function headOf({ kills, verdicts }: Pick<ResultFile, 'kills' | 'verdicts'>): string {
  const { acknowledged = 0, attempted = 0, records = 0 } = verdicts.at(-1) ?? {};
  const failed = verdicts.filter(({ passed }) => !passed).length;
  const lost = kills.filter(({ recoveryMs }) => recoveryMs === null).length;
  const judged = Math.max(0, ...verdicts.map((verdict) => verdict.kills));
  return `${kills.length} kills, ${Math.min(judged, kills.length)} of them judged; ${verdicts.length} verdicts, ${failed} failed; ${acknowledged} events acknowledged, ${attempted} attempted, ${records} records in the log; ${lost} kills not recovered from.`;
}

function goalLine(kind: Kind, kills: readonly KillLine[]): string[] {
  const goal = goals[kind];
  const mine = kills.filter((kill) => kill.kind === kind);
  if (goal === undefined || mine.length === 0) return [];
  const isHistory = ({ target }: KillLine) => historyTargets.includes(target);
  const parts = [
    ['Recovery', mine],
    ['- of boards', mine.filter((kill) => !isHistory(kill))],
    ['- of history', mine.filter(isHistory)],
  ] as const;
  return parts.flatMap(([what, some]) => {
    if (some.length === 0) return [];
    const reached = quantile(timesOf(some), 0.95);
    const verdict = reached <= goal ? 'reached' : 'missed';
    return `${what} after ${kind}: p95 ${seconds(reached)} of ${some.length}, goal ${seconds(goal)}: ${verdict}.`;
  });
}

function rowOf(name: string, kills: readonly KillLine[], verdicts: readonly VerdictLine[]): string {
  const judged = new Set(
    kills.flatMap(({ index }) => verdicts.find((verdict) => verdict.kills > index) ?? []),
  );
  const sum = (field: 'lost' | 'double') =>
    [...judged].reduce((total, verdict) => total + verdict[field], 0);
  const times = timesOf(kills);
  const figures = [0.5, 0.95, 1].map((share) => seconds(quantile(times, share)));
  const steps = (['goneMs', 'backMs'] as const).map((step) => stepText(kills, step));
  return `| ${[name, kills.length, sum('lost'), sum('double'), ...figures, ...steps].join(' | ')} |`;
}

/** Median of those that ended, or came back; a dash when none did. */
function stepText(kills: readonly KillLine[], step: 'goneMs' | 'backMs'): string {
  const times = kills.flatMap((kill) => kill[step] ?? []).sort((a, b) => a - b);
  return times.length === 0 ? '–' : seconds(quantile(times, 0.5));
}

/** Rising; a kill without recovery took for ever. */
function timesOf(kills: readonly KillLine[]): number[] {
  return kills
    .map(({ recoveryMs }) => recoveryMs ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
}

/** Nearest rank. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : '> limit';
}
