import type { SliceVerdict } from './run.ts';

export interface SinkFaultsReport {
  readonly seed: number;
  readonly faults: number;
  readonly verdicts: readonly SliceVerdict[];
  readonly ok: boolean;
}

const titles = [
  ...['slice', 'faults', 'seconds', 'published', 'count()', 'uniqExact', 'put back'],
  ...['counted', 'minute', 'hour', 'day', 'cells off', 'verdict'],
];

export function textOf({ seed, verdicts, ok }: SinkFaultsReport): string {
  const rows = verdicts.map(({ slice, faults, seconds, oracle, found, ok: isExact }) => [
    ...[slice, faults, Math.round(seconds), oracle.views, found.rows, found.places, found.repaired],
    ...[oracle.counted, found.minute, found.hour, found.day, found.cellsOff],
    isExact ? 'exact' : 'NOT exact',
  ]);
  const table = [titles, ...rows.map((row) => row.map(String))];
  const widths = titles.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const lines = table.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
  const names = [...sumsOf(verdicts.map(({ byName }) => byName))];
  const kinds = names.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`);
  const sum = (read: (verdict: SliceVerdict) => number) =>
    verdicts.reduce((all, verdict) => all + read(verdict), 0);
  return `${sum(({ faults }) => faults)} faults judged in ${verdicts.length} slices, ${sum((v) => v.seconds).toFixed(0)} s, seed ${seed}; the sink was started again ${sum((v) => v.sinkStarts)} times, ClickHouse ${sum((v) => v.clickhouseStarts)} times
${kinds.join('\n')}
${lines.join('\n')}
${ok ? 'Nothing lost, nothing twice.' : 'NOT exact.'}
`;
}

function sumsOf(all: readonly Readonly<Record<string, number>>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const one of all)
    for (const [name, count] of Object.entries(one)) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}
