import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const exprs = [...textOf('deploy/prometheus/alarms.yaml').matchAll(/^ +expr: (.*)$/gm)].map(
  ([, expr = '']) => expr,
);
const metricPattern = /\btrending_[a-z_]+/g;
const ofRules = new Set(
  exprs.flatMap((expr) => expr.match(metricPattern) ?? []).map(withoutSuffix),
);

/** Histograms are asked by their series. */
function withoutSuffix(name: string): string {
  return name.replace(/(?<=_seconds)_(bucket|sum|count)$/, '');
}

/** Metrics of the first column, of the rows of "What to watch". */
function watched(): string[] {
  const section =
    textOf('docs/operations.md').split('## What to watch')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `trending_'));
  return rows.flatMap((row) => row.split('|')[1]?.match(metricPattern) ?? []);
}

test('every metric of an alarm is one that a service registers', () => {
  const sources = globSync('apps/*/src/**/*.ts', { cwd: root }).map(textOf).join('\n');
  const unknown = [...ofRules].filter((name) => !sources.includes(`'${name}'`));
  expect(ofRules.size).toBeGreaterThan(20);
  expect(unknown).toEqual([]);
});

test('every row of the table of what to watch has an alarm', () => {
  const names = watched();
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !ofRules.has(name))).toEqual([]);
});

test('every alarm has an expression, and restarts have one too', () => {
  const alarms = textOf('deploy/prometheus/alarms.yaml').match(/- alert: /g) ?? [];
  expect(exprs).toHaveLength(alarms.length);
  expect(exprs.some((expr) => expr.includes('changes(process_start_time_seconds'))).toBe(true);
});
