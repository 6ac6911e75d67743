import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

/** About 35 ms each: less than a minute on two idle cores. The long run is `npm run sim -- --seeds 1000000 --ledger FILE`. */
const seeds = 2_000;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const run = promisify(execFile);

/** The last line of a run that must go well, without the time that it took. */
async function simulated(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [main, ...args]).catch((cause: unknown) => {
    // A failing seed prints itself, and how to run it again.
    const printed = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${printed.stdout ?? ''}${printed.stderr ?? ''}`, { cause });
  });
  const sums = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  return { ...sums, seconds: 0 };
}

test(`${seeds} seeds of kills, frozen processes, lost answers and jumps of the clock end level and right`, async () => {
  expect(await simulated('--seeds', String(seeds))).toMatchObject({ seeds, wrong: 0, stalled: 0 });
}, 600_000);

test('six of the known faults, drawn by the source, are caught', async () => {
  const mutants = fileURLToPath(new URL('../src/mutants.ts', import.meta.url));
  const { stdout } = await run(process.execPath, [mutants, '--sample', '6', '--json']).catch(
    (cause: unknown) => cause as { readonly stdout: string },
  );
  const verdicts = JSON.parse(stdout) as { readonly mutant: string; readonly caught: unknown }[];
  expect(verdicts).toHaveLength(6);
  expect(verdicts.filter(({ caught }) => caught === null)).toEqual([]);
}, 120_000);

test('a run that was ended goes on from its ledger and comes to the same sums, with any number of workers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ledger = join(folder, 'ledger.jsonl');
  const few = ['--seeds', '24', '--from', '501'];
  const whole = await simulated(...few, '--workers', '1', '--ledger', ledger);
  const lines = readFileSync(ledger, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  writeFileSync(ledger, `${lines.slice(0, 2).join('\n')}\n`);
  expect(await simulated(...few, '--workers', '2', '--ledger', ledger)).toEqual(whole);
}, 60_000);
