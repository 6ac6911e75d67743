import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** About 35 ms each on an idle core: ten seconds at most belong to this test. The long run is `npm run sim -- --seeds 2000`. */
const seeds = 120;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The last line of a run that must go well, without the time that it took. */
function simulated(...args: string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
  const sums = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  return { ...sums, seconds: 0 };
}

test(`${seeds} seeds of kills, frozen processes, lost answers and jumps of the clock end level and right`, () => {
  expect(simulated('--seeds', String(seeds))).toMatchObject({ seeds, wrong: 0, stalled: 0 });
}, 60_000);

test('a run that was ended goes on from its ledger and comes to the same sums, with any number of workers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ledger = join(folder, 'ledger.jsonl');
  const few = ['--seeds', '24', '--from', '501'];
  const whole = simulated(...few, '--workers', '1', '--ledger', ledger);
  const lines = readFileSync(ledger, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  writeFileSync(ledger, `${lines.slice(0, 2).join('\n')}\n`);
  expect(simulated(...few, '--workers', '2', '--ledger', ledger)).toEqual(whole);
}, 60_000);
