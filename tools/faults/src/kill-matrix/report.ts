import type { KillLine, ResultFile, VerdictLine } from './results.ts';
import { kinds, targets } from './targets.ts';

/** Markdown: what was run, the verdict, and one row per target and kind. */
export function killReport(results: Pick<ResultFile, 'kills' | 'verdicts'>): string {
  const { kills, verdicts } = results;
  const last = verdicts.at(-1);
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
    `${kills.length} kills, ${verdicts.length} verdicts, ${verdicts.filter(({ passed }) => !passed).length} failed; ${last?.acknowledged ?? 0} events acknowledged, ${last?.attempted ?? 0} attempted, ${last?.records ?? 0} records in the log.`,
    '',
    '| target | kind | kills | lost | double | recovery p50 | p95 | max |',
    '| ------ | ---- | ----: | ---: | -----: | -----------: | --: | --: |',
    ...rows,
    ...sums,
    '',
    'Recovery: from the signal until the board served over REST holds, for every token, a view published after the kill; for sink and',
    'clickhouse until every partition has such a view in ClickHouse. Lost and double are those of the verdict that follows a kill.',
  ].join('\n');
}

function rowOf(name: string, kills: readonly KillLine[], verdicts: readonly VerdictLine[]): string {
  const judged = new Set(
    kills.flatMap(({ index }) => verdicts.find((verdict) => verdict.kills > index) ?? []),
  );
  const sum = (field: 'lost' | 'double') =>
    [...judged].reduce((total, verdict) => total + verdict[field], 0);
  const times = kills
    .map(({ recoveryMs }) => recoveryMs ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const figures = [0.5, 0.95, 1].map((share) => seconds(quantile(times, share)));
  return `| ${name} | ${kills.length} | ${sum('lost')} | ${sum('double')} | ${figures.join(' | ')} |`;
}

/** Nearest rank. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : '> limit';
}
