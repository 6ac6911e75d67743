import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killReport, quantile } from '../../src/kill-matrix/report.ts';
import { type KillLine, ResultFile, type VerdictLine } from '../../src/kill-matrix/results.ts';

const kill = (index: number, more: Partial<KillLine> = {}): KillLine => ({
  ...{ type: 'kill', index, group: index, target: 'sink', service: 'sink', kind: 'sigkill' },
  ...{ at: '', recoveryMs: 1_000 * (index + 1), readyMs: 0, goneMs: 100, backMs: 900, ...more },
});
const verdict = (kills: number, more: Partial<VerdictLine> = {}): VerdictLine => ({
  ...{ type: 'verdict', at: '', kills, passed: true, acknowledged: 9, attempted: 9, records: 9 },
  ...{ lost: 0, double: 0, tookMs: 1, differences: [], ...more },
});

test('a failed verdict is charged to every kill since the one before', () => {
  const kills = [kill(0), kill(1, { target: 'rank' }), kill(2)];
  const text = killReport({ kills, verdicts: [verdict(2), verdict(3, { lost: 5 })] });
  expect(text).toContain('| sink | sigkill | 2 | 5 | 0 | 1.0 s | 3.0 s | 3.0 s | 0.1 s | 0.9 s |');
  expect(text).toContain('| rank | sigkill | 1 | 0 | 0 | 2.0 s | 2.0 s | 2.0 s | 0.1 s | 0.9 s |');
});

test('a kill without recovery is not hidden by quantiles', () => {
  const text = killReport({ kills: [kill(0, { recoveryMs: null })], verdicts: [] });
  expect(text).toContain('> limit');
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
});

test('recovery stands beside its goal, and a miss is called one', () => {
  const slow = kill(0, { kind: 'sigterm', recoveryMs: 3_100 });
  const text = killReport({ kills: [slow, kill(1)], verdicts: [] });
  expect(text).toContain('Recovery after sigterm: p95 3.1 s of 1, goal 3.0 s: missed.');
  expect(text).toContain('Recovery after sigkill: p95 2.0 s of 1, goal 15.0 s: reached.');
});

test('boards and history recover each by themselves, and all of them together are still named', () => {
  const board = kill(0, { kind: 'sigterm', target: 'rank', recoveryMs: 2_000 });
  const history = kill(1, { kind: 'sigterm', target: 'clickhouse', recoveryMs: 5_000 });
  const text = killReport({ kills: [board, history], verdicts: [] });
  expect(text).toContain('Recovery after sigterm: p95 5.0 s of 2, goal 3.0 s: missed.');
  expect(text).toContain('- of boards after sigterm: p95 2.0 s of 1, goal 3.0 s: reached.');
  expect(text).toContain('- of history after sigterm: p95 5.0 s of 1, goal 3.0 s: missed.');
});

test('kills after the last verdict are not called judged', () => {
  const text = killReport({ kills: [kill(0), kill(1), kill(2)], verdicts: [verdict(2)] });
  expect(text).toContain('3 kills, 2 of them judged; 1 verdicts, 0 failed');
});

test('a process that was frozen and went on has neither ended nor come back', () => {
  const frozen = kill(0, { kind: 'sigstop', goneMs: null, backMs: null });
  expect(killReport({ kills: [frozen], verdicts: [] })).toContain('| 1.0 s | – | – |');
});

test('results survive their process; a line cut short does not count', () => {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'results.jsonl');
  const results = new ResultFile(path);
  results.add(kill(0));
  results.add(verdict(1));
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"type":"kill","ind`);
  const again = new ResultFile(path);
  expect([again.kills.length, again.verdicts.length]).toEqual([1, 1]);
});
