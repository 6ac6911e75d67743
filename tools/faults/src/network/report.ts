import type { NetworkRow } from './network-run.ts';

/** Markdown table, one row per fault and link. */
export function networkReport(rows: readonly NetworkRow[]): string {
  const last = rows.at(-1)?.verdict;
  return [
    `${rows.length} faults, ${rows.filter(({ verdict }) => !verdict.passed).length} failed verdicts, ${rows.filter(({ recoveryMs }) => recoveryMs === null).length} not recovered; ${last?.acknowledged ?? 0} events acknowledged, ${last?.records ?? 0} records in the log.`,
    '',
    '| link | fault | lasted | acknowledged | lost | double | unconfirmed requests | dropped produce answers | fresh board after its end |',
    '| ---- | ----- | -----: | -----------: | ---: | -----: | -------------------: | ----------------------: | ------------------------: |',
    ...rows.map(rowText),
  ].join('\n');
}

/** The verdict passed and boards came back. */
export function isGood({ verdict, recoveryMs }: NetworkRow): boolean {
  return verdict.passed && recoveryMs !== null;
}

export function rowText(row: NetworkRow): string {
  const { link, fault, seconds, acknowledged, unconfirmed, drops, recoveryMs, verdict } = row;
  const recovery = recoveryMs === null ? '> limit' : `${(recoveryMs / 1_000).toFixed(1)} s`;
  const counts = [acknowledged, verdict.lost, verdict.double, unconfirmed, drops].join(' | ');
  return `| ${link} | ${fault} | ${seconds} s | ${counts} | ${recovery} |`;
}
