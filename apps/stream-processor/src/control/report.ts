import { formulasMax } from '../state/control-table.ts';
import type { ListAnswer, WordLine } from '../tasks/control-report.ts';

export function listText({ formulas, held, planned, controlOffset }: ListAnswer): string {
  const lines = [
    `Formulas in force (control offset ${controlOffset})`,
    ...formulas.map(
      ({ id, version, hash, isServed, since, author }) =>
        `  ${id} version ${version}  ${hash.slice(0, 12)}  ${since === null ? 'built in' : `since ${since} by ${author}`}${isServed ? '' : `  NOT SERVED: more than ${formulasMax}`}`,
    ),
    `Held back: ${held.length === 0 ? 'none' : ''}`,
    ...held.map((line) => `  ${wordText(line)}`),
    ...(planned.length === 0 ? [] : ['Planned']),
    ...planned.map((line) => `  ${wordText(line)}`),
  ];
  return `${lines.join('\n')}\n`;
}

export function historyText(lines: readonly WordLine[]): string {
  if (lines.length === 0) return 'Nothing was said yet.\n';
  return lines.map((line) => `${line.offset}  ${wordText(line)}\n`).join('');
}

function wordText({ key, version, effectiveFrom, says, author, reason }: WordLine): string {
  return `${effectiveFrom}  ${key} version ${version}  ${JSON.stringify(says)}  by ${author || 'unknown'}: ${reason || '–'}`;
}
